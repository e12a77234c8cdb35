<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use Phalanx\Fiber\Scheduler;
use Throwable;
use Workerman\Connection\TcpConnection;

/**
 * How the connections of a slot go from one script to the next: when a script ends for another reason than that the
 * whole server stops, it leaves notes about its connections with the engine, and the next script makes objects of them.
 *
 * @internal
 */
trait HandOver
{
    /** Whether the server stops: then connections are closed instead. */
    private static bool $endsForGood = false;

    private static bool $handedOver = false;

    /** Whether another script of this slot follows. */
    private static function isRenewed(): bool
    {
        return !self::$endsForGood && \phalanx_role() === 'slot';
    }

    /**
     * During the end of a script: closes what cannot go on, then has the engine keep what still comes for the next
     * script, and waits for answers that are owed.
     *
     * @param array<self> $workers
     * @return bool whether the script has to go on
     */
    private static function isBusyBeforeRenewal(array $workers): bool
    {
        if (static::$gracefulStop) {
            if (\phalanx_slot_unanswered()['others'] > 0) {
                return true;
            }
        } elseif (self::closeConnections($workers)) {
            return true;
        }
        \phalanx_slot_hold();

        return \phalanx_slot_unanswered()['waiting'] > 0;
    }

    /** Leaves the notes. At the end of the script, however it has come. */
    private static function handOver(): void
    {
        if (self::$handedOver || !self::isRenewed()) {
            return;
        }
        self::$handedOver = true;
        if (static::$status !== static::STATUS_SHUTDOWN) {
            \ini_set('memory_limit', '-1'); // it may have been passed, and notes take memory
        }
        static::$gracefulStop = false; // objects that go now are not connections that have ended
        TcpConnection::leaveNotes(static::$status === static::STATUS_SHUTDOWN);
    }

    /** Makes the objects of the connections that came with the listener, then tells the application of each. */
    private function resumeConnections(): void
    {
        $connections = [];
        foreach (\phalanx_listener_kept($this->engineListener) as $handle => $note) {
            $connection = TcpConnection::resumed($this, $handle, $note, $this->listenerProtocol);
            if ($connection) {
                $connections[] = $this->connections[$connection->listKey()] = $connection;
            }
        }
        if (!$this->onConnectionResume) {
            return;
        }
        foreach ($connections as $connection) {
            Scheduler::call($this->onConnectionResume, static function (Throwable $e) use ($connection): void {
                static::log($e);
                $connection->close();
            }, $connection);
        }
    }

    /** Once this slot's worker has started: what it has not taken over of the script before is closed. */
    private function settle(): void
    {
        if ($this->stopping || \phalanx_role() !== 'slot' || \array_key_first(static::$workers) !== $this->workerId) {
            return;
        }
        if (!$this->engineListener && $this->inheritedSocket !== null) {
            $this->open(); // it accepts later, its connections are there now
            \phalanx_listener_pause($this->engineListener);
        }
        \phalanx_slot_settle();
    }
}
