<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use RuntimeException;
use Workerman\Coroutine;
use Workerman\Coroutine\Barrier;
use Workerman\Coroutine\Locker;
use Workerman\Coroutine\Parallel;
use Workerman\Coroutine\WaitGroup;
use Workerman\Timer;

/** WaitGroup, Barrier, Parallel and Locker. */
final class CoroutineSyncTest extends EngineCase
{
    /** Runs a coroutine until it has returned something. */
    private function inCoroutine(callable $body): mixed
    {
        $result = null;
        Coroutine::create(static function () use ($body, &$result): void {
            $result = [$body()];
        });
        $this->runLoop(2, static function () use (&$result): bool {
            return $result !== null;
        });

        return $result[0] ?? self::fail('the coroutine did not end');
    }

    public function testAWaitGroupWaitsForAll(): void
    {
        $done = [];
        self::assertTrue($this->inCoroutine(static function () use (&$done): bool {
            $group = new WaitGroup();
            foreach ([2, 0, 1] as $n) {
                $group->add();
                Coroutine::create(static function () use ($group, $n, &$done): void {
                    Timer::sleep($n / 500);
                    $done[] = $n;
                    $group->done();
                });
            }
            self::assertSame(3, $group->count());
            return $group->wait();
        }));
        self::assertSame([0, 1, 2], $done);
    }

    public function testAWaitGroupGivesUp(): void
    {
        self::assertFalse($this->inCoroutine(static function (): bool {
            $group = new WaitGroup();
            $group->add(2);
            self::assertTrue($group->done());
            return $group->wait(0.005);
        }));
        $group = new WaitGroup();
        self::assertTrue($group->wait(), 'nothing to wait for');
        self::assertFalse($group->done());
    }

    public function testABarrierWaitsUntilNobodyHoldsIt(): void
    {
        $done = [];
        self::assertSame(['a', 'b', 'end'], $this->inCoroutine(static function () use (&$done): array {
            $barrier = Barrier::create();
            $kept = [];
            foreach (['a', 'b'] as $name) {
                $kept[] = Coroutine::create(static function () use ($barrier, $name, &$done): void {
                    Timer::sleep(0.002);
                    $done[] = $name;
                });
            }
            Barrier::wait($barrier);
            self::assertNull($barrier);
            return [...$done, 'end'];
        }));
    }

    public function testABarrierGivesUpAndNeedNotWait(): void
    {
        self::assertTrue($this->inCoroutine(static function (): bool {
            $held = $barrier = Barrier::create();
            Barrier::wait($barrier, 0);
            $barrier = Barrier::create();
            Barrier::wait($barrier);
            return $held !== null;
        }));
        $barrier = Barrier::create();
        Barrier::wait($barrier);
        self::assertNull($barrier);
    }

    public function testParallelKeepsOrderKeysAndExceptions(): void
    {
        $parallel = new Parallel();
        $parallel->add(static function (): int {
            Timer::sleep(0.005);
            return 1;
        });
        $parallel->add(static fn () => null, 'null');
        $parallel->add(static fn () => throw new RuntimeException('no'), 'bad');
        $parallel->add(static fn () => 2);
        self::assertSame([0 => 1, 'null' => null, 1 => 2], $this->inCoroutine($parallel->wait(...)));
        self::assertSame(['bad'], \array_keys($parallel->getExceptions()));
        self::assertSame([], (new Parallel())->wait());
    }

    public function testParallelLimitsHowManyRun(): void
    {
        $running = $most = 0;
        $parallel = new Parallel(2);
        for ($i = 0; $i < 6; ++$i) {
            $parallel->add(static function () use (&$running, &$most, $i): int {
                $most = \max($most, ++$running);
                Timer::sleep(0.001);
                --$running;
                return $i;
            });
        }
        self::assertSame([0, 1, 2, 3, 4, 5], $this->inCoroutine($parallel->wait(...)));
        self::assertSame(2, $most);
    }

    /** Who leaves the line must not take another one's place along. */
    public function testALockReachesEverybody(): void
    {
        $held = 0;
        for ($i = 0; $i < 200; ++$i) {
            Coroutine::create(static function () use (&$held, $i): void {
                Locker::lock('many');
                Timer::sleep($i % 2 / 10000);
                ++$held;
                Locker::unlock('many');
            });
        }
        $this->runLoop(5, static function () use (&$held): bool {
            return $held === 200;
        });
        self::assertSame(200, $held);
    }

    public function testALockHasOneHolder(): void
    {
        $log = [];
        foreach (['a', 'b', 'c'] as $name) {
            Coroutine::create(static function () use ($name, &$log): void {
                self::assertTrue(Locker::lock('key'));
                $log[] = "$name+";
                Timer::sleep(0.001);
                $log[] = "$name-";
                Locker::unlock('key');
            });
        }
        $this->runLoop(2, static function () use (&$log): bool {
            return \count($log) === 6;
        });
        self::assertSame(['a+', 'a-', 'b+', 'b-', 'c+', 'c-'], $log);
        $this->expectException(RuntimeException::class);
        Locker::unlock('key');
    }
}
