<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use InvalidArgumentException;
use Workerman\Coroutine;
use Workerman\Coroutine\Channel;

final class CoroutineChannelTest extends EngineCase
{
    public function testItIsAQueue(): void
    {
        $channel = new Channel(2);
        self::assertTrue($channel->push('a'));
        self::assertTrue($channel->push(null));
        self::assertSame([2, 2], [$channel->length(), $channel->getCapacity()]);
        self::assertFalse($channel->push('too many', 0));
        self::assertSame('a', $channel->pop());
        self::assertNull($channel->pop());
        self::assertFalse($channel->pop(0));
    }

    public function testCapacityIsAtLeastOne(): void
    {
        $this->expectException(InvalidArgumentException::class);
        new Channel(0);
    }

    public function testOutsideACoroutineNothingWaits(): void
    {
        $channel = new Channel(1);
        self::assertFalse($channel->pop());
        self::assertTrue($channel->push(1));
        self::assertFalse($channel->push(2));
    }

    public function testConsumersAndProducersWaitInLine(): void
    {
        $channel = new Channel(1);
        $log = [];
        foreach (['a', 'b', 'c'] as $value) {
            Coroutine::create(static function () use ($channel, $value, &$log): void {
                self::assertTrue($channel->push($value));
                $log[] = "pushed $value";
            });
        }
        self::assertTrue($channel->hasProducers());
        Coroutine::create(static function () use ($channel, &$log): void {
            for ($i = 0; $i < 4; ++$i) {
                $log[] = $channel->pop();
            }
        });
        self::assertTrue($channel->hasConsumers());
        self::assertFalse($channel->hasProducers());
        $channel->push('d');
        $this->runLoop(2, static function () use (&$log): bool {
            return \count($log) === 7;
        });
        self::assertSame(['pushed a', 'a', 'b', 'c', 'pushed b', 'pushed c', 'd'], $log);
    }

    public function testWaitsEndInTime(): void
    {
        $channel = new Channel\Fiber(1);
        $results = [];
        (new \Fiber(static function () use ($channel, &$results): void {
            $results[] = $channel->pop(0.005);
            $channel->push('full');
            $results[] = $channel->push('more', 0.005);
        }))->start();
        $this->runLoop(2, static function () use (&$results): bool {
            return \count($results) === 2;
        });
        self::assertSame([false, false], $results);
        self::assertFalse($channel->hasConsumers() || $channel->hasProducers());
        self::assertSame(['full', false], [$channel->pop(), $channel->pop()], 'what came too late is not there');
        $this->loop->deleteAllTimer();
        self::assertSame(0, $this->loop->getTimerCount());
    }

    public function testClosingEndsAllWaits(): void
    {
        $channel = new Channel(1);
        $full = new Channel(1);
        $full->push('kept');
        $results = [];
        Coroutine::create(static function () use ($channel, &$results): void {
            $results[] = $channel->pop();
        });
        Coroutine::create(static function () use ($full, &$results): void {
            $results[] = $full->push('refused');
        });
        $channel->close();
        $full->close();
        $this->runLoop(2, static function () use (&$results): bool {
            return \count($results) === 2;
        });
        self::assertSame([false, false], $results);
        self::assertFalse($channel->push(1));
        self::assertSame(['kept', false], [$full->pop(), $full->pop()]);
    }

    public function testADestroyedWaiterLeavesTheLine(): void
    {
        $channel = new Channel\Fiber(1);
        $fiber = new \Fiber(static fn () => $channel->pop());
        $fiber->start();
        (new \ReflectionProperty($channel, 'consumers'))->setValue($channel, []); // nobody else holds the Fiber now
        unset($fiber);
        \gc_collect_cycles();
        self::assertTrue($channel->push('for somebody else'));
        self::assertSame(1, $channel->length());
    }

    public function testManyPassThrough(): void
    {
        $channel = new Channel(3);
        $sum = $popped = 0;
        for ($i = 1; $i <= 100; ++$i) {
            Coroutine::create(static fn () => $channel->push($i));
            Coroutine::create(static function () use ($channel, &$sum, &$popped): void {
                $sum += $channel->pop();
                ++$popped;
            });
        }
        $this->runLoop(2, static function () use (&$popped): bool {
            return $popped === 100;
        });
        self::assertSame(5050, $sum);
    }
}
