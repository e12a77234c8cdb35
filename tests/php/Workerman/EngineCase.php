<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use PHPUnit\Framework\TestCase;
use ReflectionProperty;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Select;
use Workerman\Timer;
use Workerman\Worker;

/** Runs workers on this script's own loop: a server and its clients in one test. */
abstract class EngineCase extends TestCase
{
    protected Select $loop;

    protected function setUp(): void
    {
        if (!\extension_loaded('phalanx')) {
            self::markTestSkipped('needs the engine: PHP=build/phalanx tests/php/phpunit.sh');
        }
        $this->loop = new Select();
        $this->loop->setErrorHandler(static fn (\Throwable $e) => throw $e);
        Worker::$globalEvent = $this->loop;
        Worker::$outputStream = \fopen('php://memory', 'w+');
        Timer::init($this->loop);
    }

    protected function tearDown(): void
    {
        foreach (TcpConnection::$connections as $connection) {
            $connection->destroy();
        }
        foreach (Worker::getAllWorkers() as $worker) {
            $worker->unlisten();
        }
        (new ReflectionProperty(Worker::class, 'workers'))->setValue(null, []);
        (new ReflectionProperty(Worker::class, 'status'))->setValue(null, Worker::STATUS_INITIAL);
        $this->runLoop(0.01);
        $this->loop->deleteAllTimer();
        Worker::$globalEvent = Worker::$outputStream = null;
    }

    /** What Worker::safeEcho() has printed. */
    protected function printed(): string
    {
        \rewind(Worker::$outputStream);

        return (string)\stream_get_contents(Worker::$outputStream);
    }

    /** Runs the loop for some seconds, or until $done() is true. */
    protected function runLoop(float $seconds, ?callable $done = null): void
    {
        $this->loop->delay($seconds, $this->loop->stop(...));
        if ($done) {
            $this->loop->repeat(0.001, fn () => $done() && $this->loop->stop());
        }
        $this->loop->run();
    }

    /** Makes $worker listen and connects to it. @return resource a blocking stream */
    protected function client(Worker $worker)
    {
        $worker->listen();
        $address = \stream_socket_get_name($worker->getMainSocket(), false);
        $client = \stream_socket_client("tcp://$address", $code, $message, 2);
        self::assertIsResource($client, (string)$message);
        \stream_set_blocking($client, false);

        return $client;
    }

    /**
     * Writes, and runs the loop until as many bytes as expected have come back.
     *
     * @param resource $client
     */
    protected function assertAnswer(string $expected, $client, string $write): void
    {
        \fwrite($client, $write);
        $read = '';
        $this->runLoop(2, static function () use (&$read, $client, $expected): bool {
            $read .= \fread($client, 65536);
            return \strlen($read) >= \strlen($expected) || \feof($client);
        });
        self::assertSame($expected, $read);
    }
}
