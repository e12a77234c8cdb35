<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Fiber;
use RuntimeException;
use WeakMap;
use WeakReference;
use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Coroutine\Context;
use Workerman\Events\Fiber as FiberLoop;
use Workerman\Timer;
use Workerman\Worker;

/** Fibers of callbacks are used again, and nobody can tell. */
final class FiberPoolTest extends EngineCase
{
    protected function setUp(): void
    {
        parent::setUp();
        Worker::$globalEvent = new FiberLoop();
        Timer::init(Worker::$globalEvent);
    }

    public function testAFiberServesManyCallbacks(): void
    {
        $seen = [];
        for ($i = 0; $i < 100; $i++) {
            \phalanx_fiber_run(static function () use (&$seen): void {
                $seen[\spl_object_id(Fiber::getCurrent())] = true;
            });
        }
        self::assertCount(1, $seen);
    }

    public function testAlsoThoseThatHaveWaited(): void
    {
        $seen = [];
        $round = static function () use (&$seen): void {
            Timer::sleep(0);
            $seen[] = \spl_object_id(Fiber::getCurrent());
        };
        for ($i = 0; $i < 20; $i++) {
            \phalanx_fiber_run($round);
            $this->runLoop(2, static function () use (&$seen, $i): bool {
                return \count($seen) === $i + 1;
            });
        }
        self::assertLessThan(5, \count(\array_unique($seen)));
    }

    public function testOneThatIsKeptEndsWithItsCallback(): void
    {
        $kept = null;
        $keep = static function () use (&$kept): void {
            $kept = Fiber::getCurrent();
        };
        \phalanx_fiber_run($keep);
        $first = $kept;
        self::assertTrue($first->isTerminated());
        \phalanx_fiber_run($keep);
        self::assertNotSame($first, $kept);
    }

    public function testSoDoesOneThatIsReferredToWeakly(): void
    {
        $map = new WeakMap();
        $reference = null;
        \phalanx_fiber_run(static function () use ($map): void {
            $map[Fiber::getCurrent()] = 'mine';
        });
        self::assertCount(0, $map);
        \phalanx_fiber_run(static function () use (&$reference): void {
            $reference = WeakReference::create(Fiber::getCurrent());
        });
        self::assertNull($reference->get());
    }

    public function testContextAndDeferredCallbacksAreOneCallbacks(): void
    {
        $log = [];
        foreach ([1, 2] as $n) {
            \phalanx_fiber_run(static function () use (&$log, $n): void {
                $log[] = Context::get('n', 'none');
                Context::set('n', $n);
                Coroutine::defer(static function () use (&$log, $n): void {
                    $log[] = "end of $n";
                });
            });
        }
        self::assertSame(['none', 'end of 1', 'none', 'end of 2'], $log);
    }

    public function testWhatIsThrownAtOnceIsThrownHere(): void
    {
        for ($i = 0; $i < 3; $i++) {
            try {
                \phalanx_fiber_run(static fn (string $text) => throw new RuntimeException($text), "thrown $i");
                self::fail('not thrown');
            } catch (RuntimeException $e) {
                self::assertSame("thrown $i", $e->getMessage());
            }
        }
        $this->testAFiberServesManyCallbacks();
    }

    public function testWhatIsThrownLaterIsThrownWhereItIsResumed(): void
    {
        $fiber = null;
        \phalanx_fiber_run(static function () use (&$fiber): void {
            $fiber = Fiber::getCurrent();
            Fiber::suspend();
            throw new RuntimeException('later');
        });
        $this->expectExceptionMessage('later');
        $fiber->resume();
    }

    public function testOneThatNobodyCanResumeIsDestroyed(): void
    {
        $log = [];
        \phalanx_fiber_run(static function () use (&$log): void {
            try {
                Fiber::suspend();
                $log[] = 'resumed';
            } finally {
                $log[] = 'destroyed';
            }
        });
        self::assertSame(['destroyed'], $log);
    }

    public function testAFiberResumedByOthersEnds(): void
    {
        $fiber = null;
        $log = [];
        \phalanx_fiber_run(static function () use (&$fiber, &$log): void {
            $fiber = Fiber::getCurrent();
            $log[] = Fiber::suspend();
            $log[] = Fiber::suspend();
        });
        $fiber->resume('a');
        $fiber->resume('b');
        self::assertSame(['a', 'b'], $log);
        self::assertTrue($fiber->isTerminated());
    }

    public function testCallbacksWithinCallbacks(): void
    {
        $nest = static function (int $depth) use (&$nest): void {
            if ($depth > 0) {
                \phalanx_fiber_run($nest, $depth - 1);
                Timer::sleep(0);
            }
        };
        \phalanx_fiber_run($nest, 100);
        $this->runLoop(0.02);
        $this->testAFiberServesManyCallbacks();
    }

    public function testMessagesOfManyConnectionsWaitSideBySide(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, string $data): void {
            for ($i = 0; $i < 3; $i++) {
                Timer::sleep(0.001);
            }
            $connection->send($data);
        };
        $client = $this->client($worker);
        for ($i = 0; $i < 200; $i++) {
            \fwrite($client, "$i\n");
        }
        $read = '';
        $this->runLoop(5, static function () use (&$read, $client): bool {
            $read .= \fread($client, 65536);
            return \substr_count($read, "\n") === 200;
        });
        $lines = \explode("\n", \trim($read));
        \sort($lines, \SORT_NUMERIC);
        self::assertSame(\array_map(\strval(...), \range(0, 199)), $lines);
    }

    public function testTheBodyIsNotForOthers(): void
    {
        $this->expectExceptionMessage("is the engine's");
        \phalanx_fiber_body();
    }
}
