<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use Exception;
use Phalanx\Development;
use Phalanx\Fiber\CoroutineLoop;
use Phalanx\Http\Compression;
use Throwable;
use Workerman\Connection\ConnectionInterface;
use Workerman\Connection\TcpConnection;
use Workerman\Events\EngineLoop;
use Workerman\Events\EventInterface;
use Workerman\Events\Select;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;

/**
 * A worker slot: Workerman\Worker in a thread of the server process, where the start script runs again and runAll()
 * becomes the event loop of one worker.
 *
 * @internal
 */
trait Slot
{
    /** What the first connection needs: it may come when there is no descriptor for opening a file. */
    private const NEEDED = [Compression::class, Request::class, Response::class, TcpConnection::class];

    /** The slot's exit status, once it is decided. */
    private static int $exitCode = 0;

    /** The loop has been stopped for good, which onWorkerStart may have brought about before it runs. */
    private static bool $over = false;

    /** Until when, on now()'s clock, a graceful stop waits for connections. */
    private static ?float $graceEnds = null;

    /** Until when a stop waits for work that Go has begun. */
    private static ?float $workEnds = null;

    /** What status and onWorkerExit name this slot by: its thread. */
    private static int $slotPid = 0;

    /** Serves one slot and ends the script. */
    private static function runSlot(): never
    {
        \frankenphp_handle_request(static function (array $slot): int {
            try {
                return self::serve($slot);
            } catch (Throwable $e) {
                static::log($e);
                return 250;
            }
        });
        exit(0);
    }

    /**
     * @param array{worker: int, id: int, fds: list<int>, generation: int} $slot
     * @return int the exit status
     */
    private static function serve(array $slot): int
    {
        static::initStdOut();
        static::init();
        [$command, $mode] = self::commandAndMode();
        if ($mode === '-d' && ($command === 'start' || $command === 'restart')) {
            static::$daemonize = true;
        }
        static::initWorkers();
        TcpConnection::continueIds(\phalanx_slot_adopt($slot['worker'], $slot['id']));
        $worker = \array_values(static::$workers)[$slot['worker']] ?? null;
        if ($worker === null) {
            \phalanx_slot_settle();
            throw new Exception("The start script defines no worker number {$slot['worker']} any more");
        }
        static::$workers = [$worker->workerId => $worker];
        \srand();
        \mt_srand();
        Timer::delAll();
        static::$gracefulStop = false;
        static::$status = static::STATUS_RUNNING;
        \register_shutdown_function(static::checkErrors(...));
        \register_shutdown_function(self::handOver(...));

        static::$eventLoopClass = self::engineLoopClass($worker->eventLoop ?: static::$eventLoopClass);
        static::$globalEvent = new static::$eventLoopClass();
        static::$globalEvent->setErrorHandler(static fn (Throwable $e) => static::stopAll(250, $e));
        static::reinstallSignal();
        Timer::init(static::$globalEvent);
        \array_map(\class_exists(...), self::NEEDED);
        self::$slotPid = \phalanx_slot_enter($slot['worker'], $slot['id']);
        $worker->setUserAndGroup();
        $worker->id = $slot['id'];
        $worker->inheritedSocket = $slot['fds'][0] ?? null;
        $worker->run();
        if (!self::$over) {
            static::$globalEvent->run();
        }
        self::handOver();
        if (static::$status !== static::STATUS_SHUTDOWN) {
            static::log(new Exception('event-loop exited'));
            return 250;
        }

        return self::$exitCode;
    }

    /** A loop of the application's own cannot carry the engine's connections. */
    private static function engineLoopClass(string $class): string
    {
        $isEngine = \in_array(EngineLoop::class, \class_uses($class) ?: [], true);
        if ($isEngine || \is_subclass_of($class, CoroutineLoop::class)) {
            return $class;
        }
        static::log("Warning: $class is not a loop of the engine, " . Select::class . ' is used.');

        return Select::class;
    }

    /** The supervisor passes on what its signals ask of the slots. */
    protected static function reinstallSignal(): void
    {
        \phalanx_loop_on_control(static function (string $wish): void {
            self::$endsForGood = self::$endsForGood || \in_array($wish, ['stop', 'graceful', 'drain', 'retire'], true);
            match ($wish) {
                'stop' => static::signalHandler(\SIGINT),
                'graceful' => [static::signalHandler(\SIGQUIT), \phalanx_loop_drain(false)],
                'drain' => self::drain(0.8 * static::$stopTimeout), // the rest is onWorkerStop's
                'retire' => self::drain(static::$gracefulTimeout),
                'reload' => self::reloadSlot(false),
                'reload-graceful' => self::reloadSlot(true),
                'recycle' => self::recycle(),
                'connections' => self::writeConnectionRows(),
                default => null,
            };
        });
    }

    /** Stops, but first lets connections end by themselves. */
    private static function drain(float $patience): void
    {
        if (static::$status === static::STATUS_SHUTDOWN) {
            return;
        }
        static::$status = static::STATUS_SHUTDOWN;
        foreach (static::$workers as $worker) {
            $worker->unlisten();
        }
        $deadline = self::now() + $patience;
        $timer = Timer::repeat(0.01, static function () use ($deadline, &$timer): void {
            if (\phalanx_loop_drain(true) === 0 || self::now() > $deadline) {
                Timer::del($timer);
                static::stopAll();
            }
        });
    }

    /** Lets the next script take over, because this one has reached a limit of its worker. */
    private static function recycle(): void
    {
        if (static::$status === static::STATUS_RUNNING) {
            static::stopAll();
        }
    }

    private static function reloadSlot(bool $graceful): void
    {
        if (static::$status !== static::STATUS_RELOADING && static::$status !== static::STATUS_SHUTDOWN) {
            static::$gracefulStop = $graceful;
            static::reload();
        }
    }

    private static function renewWorker(): void
    {
        $worker = \reset(static::$workers);
        if ($worker->onWorkerReload) {
            try {
                ($worker->onWorkerReload)($worker);
            } catch (Throwable $e) {
                static::stopAll(250, $e);
                return;
            }
        }
        if ($worker->reloadable) {
            static::stopAll();
        } else {
            static::resetStd();
        }
    }

    /** Stops the workers of this script, then its loop when their connections are closed. */
    private static function stopWorkers(int $code, mixed $log): void
    {
        if ($log instanceof Throwable && Development::isOn()) {
            Development::ends($log);
        } elseif ($code && $log) {
            static::log($log);
        }
        Life::stop();
        $workers = \array_reverse(static::$workers);
        foreach ($workers as $worker) {
            $worker->stop(false);
        }
        if (static::$globalEvent === null) {
            exit($code);
        }
        $patience = match (true) {
            !self::isRenewed() => \INF, // the supervisor's, and see connectionsRemain()
            static::$gracefulStop => static::$gracefulTimeout,
            default => static::$stopTimeout,
        };
        $since = self::now();
        $endWhenDone = static function () use ($workers, $code, $patience, $since): void {
            $remain = self::connectionsRemain($workers);
            $remain = self::isAtWork($since) || $remain;
            if (!$remain || self::now() - $since > $patience) {
                self::$exitCode = $code;
                self::$over = true;
                static::$globalEvent?->stop();
                if (\phalanx_role() !== 'slot') {
                    exit($code);
                }
            }
        };
        Timer::repeat(0.01, $endWhenDone);
        if (self::isRenewed()) {
            $endWhenDone(); // nothing may be left to wait for, and clients do
        }
    }

    /** Whether work goes on here that Go has begun, as a job of a queue; it gets as much time as connections do. */
    private static function isAtWork(float $since): bool
    {
        $time = static::$gracefulStop ? static::$gracefulTimeout : 0.8 * static::$stopTimeout;
        self::$workEnds ??= $since + $time;

        return Life::isHeld() && self::now() < self::$workEnds;
    }

    /** @param array<self> $workers */
    private static function connectionsRemain(array $workers): bool
    {
        if (self::isRenewed()) {
            return self::isBusyBeforeRenewal($workers);
        }
        if (static::$gracefulStop) {
            self::$graceEnds ??= self::now() + static::$gracefulTimeout;
            \phalanx_loop_drain(false);
            if (self::now() <= self::$graceEnds) {
                return \phalanx_loop_stats()['connections'] > 0;
            }
            static::$gracefulStop = false;
        }

        return self::closeConnections($workers);
    }

    /**
     * @param array<self> $workers
     * @return bool whether there are any
     */
    private static function closeConnections(array $workers): bool
    {
        $remain = false;
        foreach ($workers as $worker) {
            foreach ($worker->connections as $connection) {
                if (self::isRenewed() && $connection->outlivesScript()) {
                    continue;
                }
                $remain = true;
                // A message that is under way gets a last chance to be answered.
                if (!$connection->getRecvBufferQueueSize() && !isset($connection->context->closeTimer)) {
                    $connection->context->closeTimer = Timer::delay(0.01, static fn () => $connection->close());
                }
            }
        }

        return $remain && ConnectionInterface::$statistics['connection_count'] > 0;
    }

    /** Says why a worker's script has ended when nothing asked it to. */
    protected static function checkErrors(): void
    {
        if (static::$status === static::STATUS_SHUTDOWN) {
            return;
        }
        $message = 'Worker[' . \posix_getpid() . '] process terminated';
        $error = \error_get_last();
        if (Development::isOn() && Development::died($error)) {
            return;
        }
        $fatal = \E_ERROR | \E_PARSE | \E_CORE_ERROR | \E_COMPILE_ERROR | \E_RECOVERABLE_ERROR;
        if ($error && ($error['type'] & $fatal)) {
            $message .= ' with ERROR: ' . static::getErrorType($error['type'])
                . " \"{$error['message']} in {$error['file']} on line {$error['line']}\"";
        }
        static::log($message);
    }

    /** This slot's lines of the connections command. */
    private static function writeConnectionRows(): void
    {
        $pid = self::$slotPid;
        $default = \reset(static::$workers)->name;
        $text = '';
        foreach (TcpConnection::$connections as $connection) {
            $protocol = \basename(\strtr($connection->protocol ?: $connection->transport, '\\', '/'));
            $text .= \str_pad((string)$pid, 9)
                . \str_pad(self::shorten($connection->worker->name ?? $default, 14), 16)
                . \str_pad((string)$connection->id, 10)
                . \str_pad($connection->transport, 8)
                . \str_pad(self::shorten($protocol, 15), 16)
                . \str_pad($connection->isIpV4() ? ' 1' : ' 0', 7)
                . \str_pad($connection->isIpV6() ? ' 1' : ' 0', 7)
                . \str_pad(self::bytes($connection->getRecvBufferQueueSize()), 13)
                . \str_pad(self::bytes($connection->getSendBufferQueueSize()), 13)
                . \str_pad(self::bytes($connection->bytesRead), 13)
                . \str_pad(self::bytes($connection->bytesWritten), 13) . ' '
                . \str_pad((string)$connection->getStatus(false), 14) . ' '
                . \str_pad($connection->getLocalAddress(), 22) . ' '
                . \str_pad($connection->getRemoteAddress(), 22) . "\n";
        }
        if ($text !== '') {
            \phalanx_slot_tell('connections', $text);
        }
    }

    private static function shorten(string $name, int $length): string
    {
        return \strlen($name) > $length ? \substr($name, 0, $length - 2) . '..' : $name;
    }

    private static function bytes(int $count): string
    {
        foreach (['TB' => 1024 ** 4, 'GB' => 1024 ** 3, 'MB' => 1024 ** 2, 'KB' => 1024] as $unit => $size) {
            if ($count > $size) {
                return \round($count / $size, 1) . $unit;
            }
        }

        return "{$count}B";
    }
}
