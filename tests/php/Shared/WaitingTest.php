<?php

declare(strict_types=1);

namespace Phalanx\Tests\Shared;

use DomainException;
use Phalanx\Shared\Channel;
use Phalanx\Shared\ClosedException;
use Phalanx\Shared\Counter;
use Phalanx\Shared\LimitException;
use Phalanx\Shared\Lock;
use Phalanx\Shared\OptionsException;
use Phalanx\Shared\Semaphore;
use Phalanx\Shared\TimeoutException;
use PHPUnit\Framework\TestCase;
use Throwable;

use function Phalanx\all;

/** Locks, semaphores, channels and counters within one thread and its Fibers. */
final class WaitingTest extends TestCase
{
    public function testALockIsReleasedWithItsPermit(): void
    {
        $lock = new Lock('l');
        $permit = $lock->acquire();
        self::assertTrue($lock->isHeld());
        self::assertStringContainsString('(process ' . getmypid() . ')', $lock->holder());
        self::assertNull($lock->tryAcquire());
        try {
            $lock->acquire(timeout: 0.01);
            self::fail('locked twice');
        } catch (TimeoutException $e) {
            self::assertStringContainsString('it is held by ', $e->getMessage());
        }
        unset($permit);
        self::assertFalse($lock->isHeld());
        $permit = $lock->tryAcquire('me');
        self::assertSame('me', $lock->holder());
        self::assertTrue($permit->release());
        self::assertFalse($permit->release());
        self::assertFalse($permit->isHeld());
    }

    public function testSynchronized(): void
    {
        $lock = new Lock('l');
        self::assertSame('result', $lock->synchronized(static fn () => 'result'));
        try {
            $lock->synchronized(static fn () => throw new DomainException('out'));
            self::fail('nothing thrown');
        } catch (DomainException) {
        }
        self::assertFalse($lock->isHeld());
    }

    public function testFibersTakeTurns(): void
    {
        $lock = new Lock('l');
        $inside = 0;
        $order = [];
        $enter = static function (int $n) use ($lock, &$inside, &$order): void {
            $lock->synchronized(static function () use ($n, &$inside, &$order): void {
                self::assertSame(1, ++$inside);
                \Workerman\Timer::sleep(0.002);
                $order[] = $n;
                $inside--;
            });
        };
        all(array_map(static fn (int $n) => static fn () => $enter($n), range(0, 9)));
        sort($order); // who asks first, of Fibers that ask at once, Go's scheduler decides
        self::assertSame(range(0, 9), $order);
    }

    public function testASemaphoreHasItsPermits(): void
    {
        $semaphore = new Semaphore('s', permits: 2);
        $permits = [$semaphore->acquire(), (new Semaphore('s'))->acquire()];
        self::assertSame([0, 2, 2], [$semaphore->available(), $semaphore->permits(), count($semaphore->holders())]);
        self::assertNull($semaphore->tryAcquire());
        array_pop($permits)->release();
        self::assertSame(1, $semaphore->available());
        $this->expectException(OptionsException::class);
        new Semaphore('s', permits: 3);
    }

    public function testAChannelIsAQueue(): void
    {
        $channel = new Channel('c', capacity: 3);
        $object = (object)['a' => 1];
        foreach ([null, 'text', $object] as $value) {
            $channel->push($value);
        }
        self::assertFalse($channel->tryPush(4));
        try {
            $channel->push(4, timeout: 0.01);
            self::fail('pushed');
        } catch (TimeoutException) {
        }
        self::assertCount(3, $channel);
        self::assertSame(3, $channel->capacity());
        $channel->close();
        self::assertTrue($channel->isClosed());
        self::assertEquals([null, 'text', $object], iterator_to_array($channel, false));
        $calls = [static fn () => $channel->push(1), static fn () => $channel->pop(), $channel->tryPop(...)];
        foreach ($calls as $call) {
            try {
                $call();
                self::fail('closed');
            } catch (ClosedException) {
            }
        }
        $channel->drop();
        self::assertFalse((new Channel('c', capacity: 1))->isClosed());
        $this->expectException(LimitException::class);
        (new Channel('small', maxBytes: 10))->push('more than ten bytes');
    }

    public function testFibersPassValues(): void
    {
        $channel = new Channel('f');
        $got = [];
        all([
            static function () use ($channel): void {
                foreach (range(1, 20) as $n) {
                    $channel->push($n);
                }
                $channel->close();
            },
            static function () use ($channel, &$got): void {
                foreach ($channel as $n) {
                    $got[] = $n;
                }
            },
        ]);
        self::assertSame(range(1, 20), $got);
    }

    public function testSelect(): void
    {
        [$a, $b] = [new Channel('a'), new Channel('b')];
        $b->push('x');
        self::assertSame(['second', 'x'], Channel::select(['first' => $a, 'second' => $b]));
        try {
            Channel::select([$a, $b], timeout: 0.01);
            self::fail('selected');
        } catch (TimeoutException) {
        }
        [$got] = all([static fn () => Channel::select([$a, $b]), static fn () => $b->push(5)]);
        self::assertSame([1, 5], $got);
        self::assertSame([0, 0], [$a->stats()['poppers'], $b->stats()['poppers']]);
    }

    /** A value that a Fiber waited for, which is cancelled when it comes, is not lost. */
    public function testACancelledFiberLosesNoValue(): void
    {
        $channel = new Channel('cancel');
        all([static function () use ($channel): void {
            $task = \Phalanx\async(static fn () => $channel->pop());
            \Workerman\Timer::sleep(0.005);
            $channel->push('value'); // it is on its way
            $task->cancel();
            try {
                \Phalanx\await($task);
                $channel->push('value');
            } catch (Throwable) {
            }
            self::assertSame('value', $channel->pop(1.0));
        }]);
    }

    public function testACounter(): void
    {
        $counter = new Counter('n');
        self::assertSame([1, 5, 4], [$counter->add(), $counter->add(4), $counter->add(-1)]);
        self::assertSame(4, $counter->set(9));
        self::assertTrue($counter->compareAndSet(9, 10));
        self::assertFalse($counter->compareAndSet(9, 11));
        self::assertSame(10, (new Counter('n'))->get());
        [$reached] = all([static fn () => $counter->waitFor(12), static fn () => $counter->add(3)]);
        self::assertSame(13, $reached);
        $this->expectException(TimeoutException::class);
        $this->expectExceptionMessage('has not come to 20 in time: it is 13');
        $counter->waitFor(20, timeout: 0.01);
    }

    public function testNames(): void
    {
        foreach (['', str_repeat('x', 256)] as $name) {
            try {
                new Counter($name);
                self::fail('opened');
            } catch (OptionsException) {
            }
        }
        self::assertSame('n', (new Counter('n'))->name());
    }
}
