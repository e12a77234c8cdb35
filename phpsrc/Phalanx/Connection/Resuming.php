<?php

declare(strict_types=1);

namespace Phalanx\Connection;

use Phalanx\Worker\EngineProtocol;
use RuntimeException;
use Throwable;
use Workerman\Worker;

/**
 * How a Workerman\Connection\TcpConnection goes from one script of its slot to the next.
 *
 * @internal
 */
trait Resuming
{
    /** @var array<int, mixed> $state of the connections that have any */
    private static array $states = [];

    /**
     * What the application keeps of this connection when another script takes over (a reload, recycling, exit, a fatal
     * error): whatever serialize() takes. Not counted among the properties: it costs nothing while it is empty.
     * The hooks are final because a test double must not try to have its own, which cannot return by reference.
     *
     * @var array<array-key, mixed>|mixed an array, unless an application puts something else there
     */
    public mixed $state {
        final &get {
            self::$states[$this->realId] ??= [];
            return self::$states[$this->realId];
        }
        final set(mixed $state) {
            self::$states[$this->realId] = $state;
        }
    }

    /**
     * Whether the engine keeps this connection when the script ends.
     *
     * @internal
     */
    public function outlivesScript(): bool
    {
        return $this->worker !== null && $this->status === self::STATUS_ESTABLISHED
            && ($this->worker->keepConnections || EngineProtocol::nameOf($this->protocol) === 'http');
    }

    /**
     * Leaves with the engine what the next script needs.
     *
     * @internal
     * @param bool $orderly whether callbacks may still be called
     */
    public static function leaveNotes(bool $orderly): void
    {
        foreach (self::$connections as $connection) {
            if ($connection->worker === null || !$connection->engineHandle) {
                continue;
            }
            if ($connection->status !== self::STATUS_ESTABLISHED) {
                if ($orderly && $connection->status !== self::STATUS_CLOSED) {
                    $connection->finish(); // the engine writes the rest
                }
                continue;
            }
            $state = self::$states[$connection->realId] ?? [];
            if ($connection->worker->keepConnections || $state !== []) {
                \phalanx_conn_keep($connection->engineHandle, $connection->note($state));
            }
        }
        \phalanx_slot_mark(self::$idRecorder);
    }

    private function note(mixed $state): string
    {
        $note = [
            $this->id, $this->realId, $this->websocketType, $this->protocol,
            $this->protocol !== $this->worker->protocol, $this->lingerTimeout,
        ];
        try {
            self::refuseResources($state);

            return \serialize([...$note, $state]);
        } catch (Throwable) {
            return \serialize([...$note, $this->serializable($state)]);
        }
    }

    /** What of the state can be kept; the rest is logged. */
    private function serializable(mixed $state): array
    {
        if (!\is_array($state)) {
            Worker::log("connection $this->id: \$state is not kept: it cannot be serialized");

            return [];
        }
        foreach ($state as $key => $value) {
            try {
                self::refuseResources($value);
                \serialize($value);
            } catch (Throwable $e) {
                Worker::log("connection $this->id: \$state['$key'] is not kept: {$e->getMessage()}");
                unset($state[$key]);
            }
        }

        return $state;
    }

    /** serialize() would make a number of it. */
    private static function refuseResources(mixed $value): void
    {
        if (\is_array($value)) {
            foreach ($value as $element) {
                self::refuseResources($element);
            }
        } elseif (\is_resource($value)) {
            throw new RuntimeException('a resource cannot be serialized');
        }
    }

    /**
     * Goes on with ids where the script before has ended.
     *
     * @internal
     */
    public static function continueIds(int $next): void
    {
        self::$idRecorder = \max(self::$idRecorder, $next);
    }

    /**
     * Makes the object of a connection that the script before has left.
     *
     * @internal
     * @param ?string $note null: that script could not leave one
     * @param ?string $protocol the worker's
     * @return ?self null: it is gone, or nothing speaks its protocol any more, and then it is closed
     */
    public static function resumed(Worker $worker, int $handle, ?string $note, ?string $protocol): ?self
    {
        [$fields, $problem] = self::readNote($note);
        [$id, $realId, $type, $class, $isOwn, $linger, $state] = $fields;
        $next = self::$idRecorder;
        self::$idRecorder = $realId ?? $next;
        $connection = self::accepted($worker, $handle, $protocol);
        self::$idRecorder = \max($next, self::$idRecorder);
        $connection->id = $id ?? $connection->id;
        $known = \phalanx_conn_attach($handle, $connection);
        if ($known === null) {
            $connection->engineHandle = 0;
            $connection->onClose = null;
            $connection->finish();
            return null;
        }
        $connection->takeUp($known, $type, $linger);
        if ($note !== null && $class !== $protocol) {
            if (!$isOwn || $known['protocol'] !== EngineProtocol::nameOf($class)) {
                $connection->onClose = null;
                $connection->close();
                return null;
            }
            $connection->engineHandle = 0; // the engine has it already
            $connection->protocol = $class;
            $connection->engineHandle = $handle;
        }
        if ($connection->encoder === self::ENCODE_WEBSOCKET_LATER && $known['ready']) {
            $connection->encoder = self::websocketEncoder($type);
        }
        if ($state !== []) {
            self::$states[$connection->realId] = $state;
        }
        if ($problem !== null) {
            Worker::log("connection $connection->id: \$state is lost: $problem");
        }

        return $connection;
    }

    /** @param array{paused: bool, maxSendBufferSize: int, maxPackageSize: int} $known by the engine */
    private function takeUp(array $known, ?string $websocketType, ?float $linger): void
    {
        $this->isPaused = $known['paused'];
        $this->websocketType = $websocketType;
        $this->lingerTimeout = $linger ?? $this->lingerTimeout;
        foreach (['maxSendBufferSize', 'maxPackageSize'] as $limit) {
            if ($this->$limit !== $known[$limit]) {
                $this->$limit = $known[$limit];
            }
        }
    }

    /** @return array{list<mixed>, ?string} the note's fields, and why the state is not among them */
    private static function readNote(?string $note): array
    {
        $fields = $problem = null;
        if ($note !== null) {
            try {
                $fields = \unserialize($note);
            } catch (Throwable $e) {
                $problem = $e->getMessage();
                $fields = \unserialize($note, ['allowed_classes' => false]);
                $fields[6] = [];
            }
        }

        return [\is_array($fields) ? $fields : [null, null, null, null, false, null, []], $problem];
    }

    /**
     * Its name in the whole application: Phalanx\Connections::id().
     *
     * @internal
     */
    public function getGlobalId(): string
    {
        return $this->engineHandle ? \phalanx_hub_id($this->engineHandle) : '';
    }

    /**
     * The key of this connection in the lists.
     *
     * @internal
     */
    public function listKey(): int
    {
        return $this->realId;
    }
}
