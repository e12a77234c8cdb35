<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use RuntimeException;
use WeakReference;
use Workerman\Coroutine;
use Workerman\Coroutine\Context;
use Workerman\Coroutine\Coroutine\CoroutineInterface;
use Workerman\Coroutine\Coroutine\Swoole;
use Workerman\Coroutine\Utils\DestructionWatcher;
use Workerman\Timer;

final class CoroutineTest extends EngineCase
{
    public function testACoroutineRunsAtOnceUntilItWaits(): void
    {
        $order = [];
        $coroutine = Coroutine::create(static function (string ...$args) use (&$order): void {
            $order[] = $args;
            $order[] = Coroutine::suspend();
        }, 'a', 'b');
        $order[] = 'after create';
        self::assertInstanceOf(CoroutineInterface::class, $coroutine);
        $coroutine->resume('resumed');
        self::assertSame([['a', 'b'], 'after create', 'resumed'], $order);
    }

    public function testValuesGoBothWays(): void
    {
        $coroutine = new Coroutine(static function (int $n): void {
            $got = Coroutine::suspend($n + 1);
            Coroutine::suspend($got . '!');
        });
        self::assertSame(2, $coroutine->start(1));
        self::assertSame('hello!', $coroutine->resume('hello'));
        self::assertNull($coroutine->resume());
    }

    public function testIdentityIsThatOfTheFiber(): void
    {
        $seen = [];
        $first = Coroutine::create(static function () use (&$seen): void {
            $seen[] = Coroutine::getCurrent();
            Coroutine::create(static function () use (&$seen): void {
                $seen[] = Coroutine::getCurrent();
            });
            self::assertTrue(Coroutine::isCoroutine());
        });
        self::assertSame($first, $seen[0]);
        self::assertNotSame($first->id(), $seen[1]->id());
        self::assertFalse(Coroutine::isCoroutine());
        $this->expectException(RuntimeException::class);
        Coroutine::getCurrent();
    }

    public function testDeferredCallbacksRunAtTheEndTheLastFirst(): void
    {
        $order = [];
        $kept = Coroutine::create(static function () use (&$order): void {
            Coroutine::defer(static function () use (&$order): void {
                $order[] = 'first';
            });
            Coroutine::defer(static function () use (&$order): void {
                $order[] = 'second';
                throw new RuntimeException('from a deferred callback');
            });
            Coroutine::suspend();
            $order[] = 'body';
        });
        try {
            $kept->resume();
            self::fail('the exception is lost');
        } catch (RuntimeException $e) {
            self::assertSame('from a deferred callback', $e->getMessage());
        }
        self::assertSame(['body', 'second', 'first'], $order);
    }

    public function testAPlainFiberDefersUntilItIsDestroyed(): void
    {
        $called = false;
        (new \Fiber(static function () use (&$called): void {
            Coroutine::defer(static function () use (&$called): void {
                $called = true;
            });
        }))->start();
        self::assertTrue($called);
    }

    public function testSleepSuspendsOnlyTheCoroutine(): void
    {
        $order = [];
        foreach (['slow' => 0.03, 'fast' => 0.01] as $name => $seconds) {
            Coroutine::create(static function () use (&$order, $name, $seconds): void {
                Timer::sleep($seconds);
                $order[] = $name;
            });
        }
        $order[] = 'started';
        $this->runLoop(2, static function () use (&$order): bool {
            return \count($order) === 3;
        });
        self::assertSame(['started', 'fast', 'slow'], $order);
    }

    public function testSleepOutsideACoroutineBlocks(): void
    {
        $done = false;
        (new \Fiber(static function () use (&$done): void {
            Timer::sleep(0.001); // a Fiber of nobody's, on a loop that is no coroutine loop
            $done = true;
        }))->start();
        self::assertTrue($done);
    }

    public function testWhoResumesASleeperDoesNotWakeIt(): void
    {
        $awake = false;
        $coroutine = Coroutine::create(static function () use (&$awake): void {
            Timer::sleep(0.01);
            $awake = true;
        });
        $coroutine->resume();
        self::assertFalse($awake);
        $this->runLoop(2, static function () use (&$awake): bool {
            return $awake;
        });
        self::assertTrue($awake);
    }

    public function testWhatACoroutineThrowsLaterGoesToTheLoopsHandler(): void
    {
        $caught = [];
        $this->loop->setErrorHandler(static function (\Throwable $e) use (&$caught): void {
            $caught[] = $e->getMessage();
        });
        $channel = new Coroutine\Channel\Fiber();
        foreach (['one', 'two'] as $name) {
            Coroutine::create(static function () use ($name, $channel): void {
                $channel->pop();
                throw new RuntimeException($name);
            });
        }
        $channel->push(1);
        $channel->push(2);
        $this->runLoop(2, static function () use (&$caught): bool {
            return \count($caught) === 2;
        });
        self::assertSame(['one', 'two'], $caught);
    }

    public function testWhatItThrowsAtOnceGoesToItsCreator(): void
    {
        $this->expectExceptionMessage('at once');
        Coroutine::create(static fn () => throw new RuntimeException('at once'));
    }

    public function testACoroutineNobodyCanResumeIsDestroyed(): void
    {
        $ended = 0;
        $watched = null;
        $body = static function (bool $wait) use (&$ended, &$watched): void {
            $object = new \stdClass();
            $watched = WeakReference::create($object);
            try {
                $wait ? (new Coroutine\Channel\Fiber())->pop() : Coroutine::suspend();
            } finally {
                ++$ended;
            }
        };
        Coroutine::create($body, false);
        \gc_collect_cycles();
        self::assertSame(1, $ended);
        self::assertNull($watched->get());
        Coroutine::create($body, true);
        \gc_collect_cycles();
        self::assertSame(2, $ended);
        self::assertNull($watched->get());
    }

    public function testDeletedTimersDoNotLoseWhatIsReady(): void
    {
        $got = null;
        $channel = new Coroutine\Channel\Fiber();
        Coroutine::create(static function () use ($channel, &$got): void {
            $got = $channel->pop();
        });
        $channel->push('value');
        Timer::delAll();
        $this->runLoop(2, static function () use (&$got): bool {
            return $got !== null;
        });
        self::assertSame('value', $got);
    }

    public function testEachCoroutineHasItsContext(): void
    {
        Context::set('name', 'outside');
        $seen = [];
        $coroutine = Coroutine::create(static function () use (&$seen): void {
            $seen[] = Context::get('name', 'none');
            Context::set('name', 'inside');
            $shared = Context::get();
            Coroutine::create(static function () use (&$seen, $shared): void {
                $seen[] = Context::has('name');
                Context::reset($shared);
                Context::set('more', 1);
            });
            Coroutine::suspend();
            $seen[] = [Context::get('name'), Context::get('more')];
            DestructionWatcher::watch(Context::get(), static function () use (&$seen): void {
                $seen[] = 'destroyed';
            });
        });
        self::assertSame('outside', Context::get('name'));
        $coroutine->resume();
        self::assertSame(['none', false, ['inside', 1], 'destroyed'], $seen);
        Context::destroy();
        self::assertFalse(Context::has('name'));
    }

    public function testDriversOfAbsentExtensionsSayWhatTheyNeed(): void
    {
        if (\extension_loaded('swoole')) {
            self::markTestSkipped('swoole is there');
        }
        $this->expectExceptionMessage('The Swoole driver needs the PHP extension Swoole');
        new Swoole(static fn () => null);
    }
}
