<?php

declare(strict_types=1);

// What differs from Workerman on purpose: rows of docs/workerman.md.

use Phalanx\Engine;
use Workerman\Connection\TcpConnection;
use Workerman\Events\EventInterface;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

/** A loop that has nothing to do with the engine. */
final class ForeignLoop implements EventInterface
{
    public function delay(float $delay, callable $func, array $args = []): int
    {
        return 0;
    }

    public function offDelay(int $timerId): bool
    {
        return false;
    }

    public function repeat(float $interval, callable $func, array $args = []): int
    {
        return 0;
    }

    public function offRepeat(int $timerId): bool
    {
        return false;
    }

    public function onReadable($stream, callable $func): void
    {
    }

    public function offReadable($stream): bool
    {
        return false;
    }

    public function onWritable($stream, callable $func): void
    {
    }

    public function offWritable($stream): bool
    {
        return false;
    }

    public function onSignal(int $signal, callable $func): void
    {
    }

    public function offSignal(int $signal): bool
    {
        return false;
    }

    public function deleteAllTimer(): void
    {
    }

    public function run(): void
    {
    }

    public function stop(): void
    {
    }

    public function getTimerCount(): int
    {
        return 0;
    }

    public function setErrorHandler(callable $errorHandler): void
    {
    }
}

/** Cannot send. */
final class Mute
{
    public static function input(string $buffer): int
    {
        return strlen($buffer);
    }

    public static function decode(string $buffer): string
    {
        return $buffer;
    }

    public static function encode(mixed $data): string
    {
        throw new RuntimeException('mute');
    }
}

fwrite(STDOUT, 'above runAll(): ' . phalanx_role() . "\n");
set_error_handler(static function (int $level, string $message): bool {
    fwrite(STDOUT, "my handler: $message\n");
    return true;
});

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->count = 2;
$web->eventLoop = ForeignLoop::class;
$web->onWorkerStop = static function (Worker $worker): void {
    fwrite(STDOUT, "stopping $worker->id: " . json_encode($worker->stopping) . "\n");
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($web): void {
    $value = match ($request->path()) {
        '/environment' => [
            getenv('DIFFERENCE'), trim((string)shell_exec('echo $DIFFERENCE')), umask(), basename(getcwd()),
        ],
        '/change' => [putenv('DIFFERENCE=yes'), umask(0o77), chdir('/')],
        '/signal' => Worker::$globalEvent::class . json_encode((static function (): bool {
            Worker::$globalEvent->onSignal(SIGUSR1, static fn () => null);
            return Worker::$globalEvent->offSignal(SIGUSR1);
        })()),
        '/connections' => [count($web->connections), count(TcpConnection::$connections)],
        '/counters' => [TcpConnection::$statistics['total_request'], Engine::stats()['messages'] > 0],
        '/warning' => trigger_error('seen'),
        '/trailer' => $request->trailer(),
        default => null,
    };
    $connection->send(json_encode(['id' => $web->id, 'value' => $value]));
};

$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$frame = new Worker('frame://127.0.0.1:' . getenv('PORT3'));
foreach ([$text, $frame] as $worker) {
    $worker->onConnect = static function (TcpConnection $connection): void {
        $connection->maxPackageSize = 10;
    };
    $worker->onMessage = static fn (TcpConnection $connection, string $data) => $connection->send($data);
    $worker->onError = static function (TcpConnection $connection, int $code, string $message): void {
        fwrite(STDOUT, "onError $code $message\n");
    };
}

$mute = new Worker('tcp://127.0.0.1:' . getenv('PORT4'));
$mute->onMessage = static function (TcpConnection $connection, string $data): void {
    $connection->errorHandler = static function (Throwable $e): void {
        fwrite(STDOUT, "errorHandler: {$e->getMessage()}\n");
    };
    $connection->protocol = Mute::class;
    $sent = $connection->send($data);
    $connection->protocol = null;
    $connection->send(json_encode($sent));
};

Worker::runAll();
