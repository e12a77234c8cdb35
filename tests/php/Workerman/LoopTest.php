<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use RuntimeException;
use Workerman\Events\Event;
use Workerman\Events\Select;
use Workerman\Timer;

final class LoopTest extends EngineCase
{
    public function testTimersRunInOrder(): void
    {
        $order = [];
        $add = static function (string $name) use (&$order): void {
            $order[] = $name;
        };
        $this->loop->delay(0.02, $add, ['third']);
        $this->loop->delay(0.0005, $add, ['first']);
        $second = $this->loop->repeat(0.005, $add, ['second']);
        $this->loop->delay(0.0075, fn () => $this->loop->offRepeat($second));
        $this->runLoop(0.05);
        self::assertSame(['first', 'second', 'third'], $order);
    }

    public function testArgumentsMayBeReferences(): void
    {
        $id = 0;
        $got = null;
        $id = Timer::add(0.001, static function (int $timer) use (&$got): void {
            $got = $timer;
        }, [&$id], false);
        $this->runLoop(2, static function () use (&$got): bool {
            return $got !== null;
        });
        self::assertSame($id, $got);
    }

    public function testANegativeIntervalIsRefused(): void
    {
        $this->expectException(RuntimeException::class);
        Timer::add(-1, static fn () => null);
    }

    public function testStreamsAreWatched(): void
    {
        [$a, $b] = \stream_socket_pair(\STREAM_PF_UNIX, \STREAM_SOCK_STREAM, 0);
        $read = '';
        $this->loop->onWritable($a, function ($stream): void {
            \fwrite($stream, 'hello');
            self::assertTrue($this->loop->offWritable($stream));
        });
        $this->loop->onReadable($b, function ($stream) use (&$read): void {
            $read .= \fread($stream, 100);
            $this->loop->offReadable($stream);
            $this->loop->stop();
        });
        $this->runLoop(2);
        self::assertSame('hello', $read);
        \fclose($a);
        self::assertFalse($this->loop->offReadable($a), 'a closed stream');
    }

    public function testWhatATimerThrowsGoesToTheHandler(): void
    {
        $caught = null;
        $this->loop->setErrorHandler(function (\Throwable $e) use (&$caught): void {
            $caught = $e->getMessage();
            $this->loop->stop();
        });
        $this->loop->delay(0.001, static fn () => throw new RuntimeException('from a timer'));
        $this->runLoop(2);
        self::assertSame('from a timer', $caught);
    }

    public function testStopForgetsTimers(): void
    {
        $this->loop->repeat(10, static fn () => null);
        self::assertSame(1, $this->loop->getTimerCount());
        $this->runLoop(0.005);
        self::assertSame(0, $this->loop->getTimerCount());
    }

    public function testSignals(): void
    {
        $got = 0;
        (new Event())->onSignal(\SIGUSR1, function (int $signal) use (&$got): void {
            $got = $signal;
            $this->loop->stop();
        });
        $this->loop->delay(0.001, static fn () => \posix_kill(\posix_getpid(), \SIGUSR1));
        $this->runLoop(2);
        self::assertSame(\SIGUSR1, $got);
        self::assertTrue((new Select())->offSignal(\SIGUSR1));
    }
}
