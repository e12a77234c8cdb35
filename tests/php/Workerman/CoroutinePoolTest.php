<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use ReflectionProperty;
use RuntimeException;
use Workerman\Coroutine;
use Workerman\Coroutine\Exception\PoolException;
use Workerman\Coroutine\Pool;
use Workerman\Timer;
use stdClass;

final class CoroutinePoolTest extends EngineCase
{
    private int $made = 0;

    /** @var list<int> numbers of the closed connections */
    private array $closed = [];

    private function pool(int $max, array $config = []): Pool
    {
        return (new Pool($max, $config))
            ->setConnectionCreator(function (): stdClass {
                Timer::sleep(0); // a creator may wait
                return (object)['number' => ++$this->made];
            })
            ->setConnectionCloser(function (stdClass $connection): void {
                $this->closed[] = $connection->number;
            });
    }

    private function inCoroutine(callable $body): void
    {
        $done = false;
        Coroutine::create(static function () use ($body, &$done): void {
            $body();
            $done = true;
        });
        $this->runLoop(3, static function () use (&$done): bool {
            return $done;
        });
        self::assertTrue($done);
    }

    public function testCoroutinesShareAtMostSoMany(): void
    {
        $pool = $this->pool(2);
        $served = 0;
        for ($i = 0; $i < 10; ++$i) {
            Coroutine::create(static function () use ($pool, &$served): void {
                $connection = $pool->get();
                Timer::sleep(0.001);
                $pool->put($connection);
                ++$served;
            });
        }
        $this->runLoop(2, static function () use (&$served): bool {
            return $served === 10;
        });
        self::assertSame([10, 2, 2], [$served, $this->made, $pool->getConnectionCount()]);
        $pool->closeConnections();
        self::assertSame(0, $pool->getConnectionCount());
        self::assertEqualsCanonicalizing([1, 2], $this->closed);
    }

    public function testOutsideACoroutineThereIsOne(): void
    {
        $pool = $this->pool(3);
        $connection = $pool->get();
        $pool->put($connection);
        self::assertSame($connection, $pool->get());
        self::assertSame(1, $pool->getConnectionCount());
        $pool->closeConnections();
        self::assertSame([1], $this->closed);
    }

    public function testItGivesUpInTime(): void
    {
        $pool = $this->pool(1, ['wait_timeout' => 0.005]);
        $this->inCoroutine(static function () use ($pool): void {
            $held = $pool->get();
            try {
                $pool->get();
                self::fail('there is no second one');
            } catch (PoolException) {
                $pool->put($held);
            }
            self::assertSame($held, $pool->get());
        });
    }

    public function testALostOrClosedConnectionMakesRoom(): void
    {
        $pool = $this->pool(1);
        $this->inCoroutine(function () use ($pool): void {
            $pool->get(); // lost
            self::assertSame(0, $pool->getConnectionCount());
            $second = $pool->get();
            $pool->put($second);
            $pool->put($second); // twice does no harm
            $pool->closeConnection($second);
            $third = $pool->get();
            self::assertSame(3, $third->number);
            $pool->put($third);
            self::assertSame($third, $pool->get());
            Coroutine::create(static fn () => Timer::sleep(0.001) ?? $pool->closeConnection($third));
            self::assertSame(4, $pool->get()->number, 'who waits makes a new one');
        });
        self::assertSame([2, 3], $this->closed);
    }

    public function testOthersConnectionsAreRefused(): void
    {
        $this->expectException(PoolException::class);
        $this->pool(1)->put(new stdClass());
    }

    public function testWhatTheCreatorThrowsArrives(): void
    {
        $pool = (new Pool(1))->setConnectionCreator(static fn () => throw new RuntimeException('refused'));
        $this->expectExceptionMessage('refused');
        $pool->createConnection();
    }

    public function testWhatTheCloserThrowsIsLogged(): void
    {
        $logged = '';
        $pool = $this->pool(1)->setConnectionCloser(static fn () => throw new RuntimeException('cannot close'));
        (new ReflectionProperty($pool, 'logger'))->setValue($pool, static function (string $text) use (&$logged): void {
            $logged .= $text;
        });
        $pool->closeConnection($pool->createConnection());
        self::assertStringContainsString('cannot close', $logged);
        self::assertSame(0, $pool->getConnectionCount());
    }

    public function testIdleConnectionsAreCheckedAndClosed(): void
    {
        $pool = $this->pool(3, ['min_connections' => 1, 'idle_timeout' => 60, 'heartbeat_interval' => 0]);
        $beats = [];
        $pool->setHeartbeatChecker(static function (stdClass $connection) use (&$beats): void {
            $beats[] = $connection->number;
            if ($connection->number === 2) {
                throw new RuntimeException('gone');
            }
        });
        (new ReflectionProperty($pool, 'logger'))->setValue($pool, static fn () => null);
        $this->inCoroutine(function () use ($pool, &$beats): void {
            $all = [$pool->get(), $pool->get(), $pool->get()];
            (new ReflectionProperty($pool, 'lastUsedTimes'))->getValue($pool);
            \array_map($pool->put(...), $all);
            $used = (new ReflectionProperty($pool, 'lastUsedTimes'))->getValue($pool);
            $used[$all[0]] = \time() - 100;
            Timer::sleep(1.1); // the pool looks once a second
            self::assertSame([1], \array_slice($this->closed, 0, 1));
            self::assertContains(2, $this->closed);
            self::assertContains(3, $beats);
            self::assertSame(1, $pool->getConnectionCount());
        });
    }
}
