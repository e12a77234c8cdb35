<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use Closure;
use Psr\Log\LoggerInterface;
use Throwable;
use WeakMap;
use WeakReference;
use Workerman\Coroutine;
use Workerman\Coroutine\Exception\PoolException;
use Workerman\Timer;
use Workerman\Worker;

/**
 * A pool of connections. Code outside of coroutines gets one connection, always the same.
 * Source: workerman/coroutine 1.1.4.
 */
class Pool implements PoolInterface
{
    /** The connections that are not in use. */
    protected Channel $channel;

    protected int $minConnections = 1;

    /** @var WeakMap<object, true> all connections; one that is lost without put() disappears */
    protected WeakMap $connections;

    protected ?object $nonCoroutineConnection = null;

    /** @var WeakMap<object, int> Unix seconds */
    protected WeakMap $lastUsedTimes;

    /** @var WeakMap<object, int> Unix seconds */
    protected WeakMap $lastHeartbeatTimes;

    protected ?Closure $connectionCreateHandler = null;

    protected ?Closure $connectionDestroyHandler = null;

    protected ?Closure $connectionHeartbeatHandler = null;

    /** Seconds after which a connection that nobody has used is closed, down to $minConnections. */
    protected float $idleTimeout = 60.0;

    /** Seconds between two calls of the heartbeat checker for a connection that is not in use. */
    protected float $heartbeatInterval = 50.0;

    /** Seconds get() waits. */
    protected float $waitTimeout = 10.0;

    /** Connections that are being made. */
    private int $creating = 0;

    /** @var WeakMap<object, true> the connections in $channel */
    private WeakMap $idle;

    /**
     * @param array{min_connections?: int, idle_timeout?: int|float, heartbeat_interval?: int|float,
     *     wait_timeout?: int|float} $config seconds
     */
    public function __construct(
        protected int $maxConnections = 1,
        protected array $config = [],
        protected LoggerInterface|Closure|null $logger = null
    ) {
        $this->minConnections = (int)($config['min_connections'] ?? $this->minConnections);
        $this->idleTimeout = (float)($config['idle_timeout'] ?? $this->idleTimeout);
        $this->heartbeatInterval = (float)($config['heartbeat_interval'] ?? $this->heartbeatInterval);
        $this->waitTimeout = (float)($config['wait_timeout'] ?? $this->waitTimeout);
        $this->channel = new Channel($maxConnections);
        $this->connections = new WeakMap();
        $this->lastUsedTimes = new WeakMap();
        $this->lastHeartbeatTimes = new WeakMap();
        $this->idle = new WeakMap();
        if (Worker::$globalEvent) {
            self::checkRegularly(WeakReference::create($this));
        }
    }

    /**
     * @param callable(): object $connectionCreateHandler
     */
    public function setConnectionCreator(callable $connectionCreateHandler): self
    {
        $this->connectionCreateHandler = $connectionCreateHandler(...);

        return $this;
    }

    /**
     * @param callable(object): mixed $connectionDestroyHandler
     */
    public function setConnectionCloser(callable $connectionDestroyHandler): self
    {
        $this->connectionDestroyHandler = $connectionDestroyHandler(...);

        return $this;
    }

    /**
     * @param callable(object): mixed $connectionHeartbeatHandler a connection for which it throws is closed
     */
    public function setHeartbeatChecker(callable $connectionHeartbeatHandler): self
    {
        $this->connectionHeartbeatHandler = $connectionHeartbeatHandler(...);

        return $this;
    }

    /**
     * {@inheritdoc}
     */
    public function get(): object
    {
        if (!Coroutine::isCoroutine()) {
            return $this->nonCoroutineConnection ??= $this->createConnection();
        }
        $until = \hrtime(true) / 1e9 + $this->waitTimeout;
        while (true) {
            if ($this->channel->length() === 0 && $this->mayCreate()) {
                return $this->createConnection();
            }
            $connection = $this->channel->pop(\max(0.0, $until - \hrtime(true) / 1e9));
            if ($connection === false) {
                throw new PoolException(
                    'Failed to get a connection from the pool within the wait timeout '
                    . "($this->waitTimeout seconds). The connection pool is exhausted."
                );
            }
            if ($connection === true) {
                continue; // one was lost or closed: there is room for another
            }
            unset($this->idle[$connection]);
            if ($this->isValidConnection($connection)) {
                $this->lastUsedTimes[$connection] = \time();
                return $connection;
            }
        }
    }

    /**
     * {@inheritdoc}
     *
     * @throws PoolException when the connection is none of this pool's
     */
    public function put(object $connection): void
    {
        if (!isset($this->connections[$connection])) {
            throw new PoolException('The connection does not belong to the connection pool.');
        }
        if ($connection === $this->nonCoroutineConnection || isset($this->idle[$connection])) {
            return;
        }
        $this->lastUsedTimes[$connection] = \time();
        $this->release($connection);
    }

    /**
     * {@inheritdoc}
     *
     * @throws PoolException when the pool is full, or the creator is missing or makes no object
     */
    public function createConnection(): object
    {
        if (!$this->mayCreate()) {
            throw new PoolException('CreateConnection failed, maximum connection limit reached.');
        }
        $create = $this->connectionCreateHandler ?? throw new PoolException('The pool has no connection creator');
        ++$this->creating; // the creator may suspend
        try {
            $connection = $create();
        } finally {
            --$this->creating;
        }
        if (!\is_object($connection)) {
            throw new PoolException(
                'CreateConnection failed, expected a connection object, but got ' . \gettype($connection) . '.'
            );
        }
        $this->connections[$connection] = true;
        $this->lastUsedTimes[$connection] = $this->lastHeartbeatTimes[$connection] = \time();

        return $connection;
    }

    /**
     * {@inheritdoc}
     */
    public function closeConnection(object $connection): void
    {
        if (!isset($this->connections[$connection])) {
            return;
        }
        unset(
            $this->connections[$connection],
            $this->lastUsedTimes[$connection],
            $this->lastHeartbeatTimes[$connection]
        );
        if ($connection === $this->nonCoroutineConnection) {
            $this->nonCoroutineConnection = null;
        }
        if ($this->connectionDestroyHandler) {
            try {
                ($this->connectionDestroyHandler)($connection);
            } catch (Throwable $e) {
                $this->log($e);
            }
        }
        $this->tellWaiting();
    }

    /**
     * {@inheritdoc}
     */
    public function getConnectionCount(): int
    {
        return \count($this->connections);
    }

    /**
     * {@inheritdoc}
     */
    public function closeConnections(): void
    {
        foreach ($this->takeIdle() as $connection) {
            $this->closeConnection($connection);
        }
        if ($this->nonCoroutineConnection) {
            $this->closeConnection($this->nonCoroutineConnection);
        }
    }

    protected function isValidConnection($connection): bool
    {
        return \is_object($connection) && isset($this->connections[$connection]);
    }

    /** Closes what was idle for too long and asks the others for a heartbeat. */
    protected function checkConnections(): void
    {
        $now = \time();
        foreach ($this->takeIdle() as $connection) {
            $isOld = $now - ($this->lastUsedTimes[$connection] ?? $now) >= $this->idleTimeout;
            if ($isOld && $this->getConnectionCount() > $this->minConnections) {
                $this->closeConnection($connection);
            } elseif ($this->isAlive($connection, $now)) {
                $this->release($connection);
            }
        }
        if ($this->nonCoroutineConnection) {
            $this->isAlive($this->nonCoroutineConnection, $now);
        }
        $this->tellWaiting();
    }

    protected function log($message): void
    {
        if ($this->logger instanceof Closure) {
            ($this->logger)((string)$message);
        } elseif ($this->logger) {
            $this->logger->info((string)$message);
        } else {
            Worker::log((string)$message);
        }
    }

    /** Calls the heartbeat checker when it is time; closes the connection when that throws. */
    private function isAlive(object $connection, int $now): bool
    {
        $check = $this->connectionHeartbeatHandler;
        if (!$check || $now - ($this->lastHeartbeatTimes[$connection] ?? 0) < $this->heartbeatInterval) {
            return true;
        }
        $this->lastHeartbeatTimes[$connection] = $now;
        try {
            $check($connection);
        } catch (Throwable $e) {
            $this->log($e);
            $this->closeConnection($connection);
            return false;
        }

        return true;
    }

    /** @return list<object> the connections that were not in use; nobody else gets them meanwhile */
    private function takeIdle(): array
    {
        $taken = [];
        while (($connection = $this->channel->pop(0)) !== false) {
            if ($this->isValidConnection($connection)) {
                unset($this->idle[$connection]);
                $taken[] = $connection;
            }
        }

        return $taken;
    }

    private function release(object $connection): void
    {
        if (!$this->isValidConnection($connection)) {
            return; // closed meanwhile
        }
        $this->idle[$connection] = true;
        if (!$this->channel->push($connection, 0)) {
            // Connections that were closed while they lay there fill the channel.
            foreach ([...$this->takeIdle(), $connection] as $valid) {
                $this->idle[$valid] = true;
                $this->channel->push($valid, 0);
            }
        }
    }

    private function mayCreate(): bool
    {
        $own = $this->nonCoroutineConnection ? 1 : 0;

        return $this->getConnectionCount() - $own + $this->creating < $this->maxConnections;
    }

    /** Lets one that waits make a connection when there is room again. */
    private function tellWaiting(): void
    {
        if ($this->channel->hasConsumers() && $this->mayCreate()) {
            $this->channel->push(true, 0);
        }
    }

    /** @param WeakReference<self> $reference */
    private static function checkRegularly(WeakReference $reference): void
    {
        $timer = Timer::repeat(1, static function () use ($reference, &$timer): void {
            $pool = $reference->get();
            if ($pool) {
                Coroutine::create($pool->checkConnections(...));
            } else {
                Timer::del($timer);
            }
        });
    }
}
