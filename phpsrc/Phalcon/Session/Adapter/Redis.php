<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session\Adapter;

use Fiber;
use Phalanx\Fiber\Scheduler;
use Phalanx\Phalcon\Session\Lock;
use Phalcon\Session\Adapter\Exceptions\AdapterRuntimeError;
use Phalcon\Storage\AdapterFactory;
use WeakMap;

/**
 * Sessions in Redis. Options are those of Phalcon\Storage\Adapter\Redis, and for a lock that lets one request at a
 * time have a session: lockingEnabled, lockExpiry (seconds after which it is free anyway), lockRetries, lockWaitTime
 * (microseconds between two attempts).
 */
class Redis extends AbstractAdapter
{
    private const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then "
        . "return redis.call('del', KEYS[1]) else return 0 end";

    protected $lockAcquired = false;
    protected $lockExpiry = 30;
    protected $lockingEnabled = false;
    protected $lockKey = '';
    protected $lockRetries = 100;
    protected $lockToken = '';
    protected $lockWaitTime = 50000;
    protected $prefix = '';

    /** @var ?WeakMap<object, Lock> */
    private ?WeakMap $locks = null;

    public function __construct(AdapterFactory $factory, array $options = [])
    {
        $options['prefix'] ??= 'sess-reds-';
        $options['stripPrefix'] ??= false;
        $this->lockExpiry = (int) ($options['lockExpiry'] ?? 30);
        $this->lockingEnabled = (bool) ($options['lockingEnabled'] ?? false);
        $this->lockRetries = (int) ($options['lockRetries'] ?? 100);
        $this->lockWaitTime = (int) ($options['lockWaitTime'] ?? 50000);
        $this->prefix = (string) $options['prefix'];
        $this->adapter = $factory->newInstance('redis', $options);
    }

    public function close(): bool
    {
        $this->releaseLock();

        return true;
    }

    public function destroy($id): bool
    {
        $result = parent::destroy($id);
        $this->releaseLock();

        return $result;
    }

    /** @throws AdapterRuntimeError when another request has the session for too long */
    public function read($id): string
    {
        if ($this->lockingEnabled === true && $this->acquireLock($id) !== true) {
            throw new AdapterRuntimeError('Could not acquire the session lock with key: ' . $this->lockName($id));
        }

        return parent::read($id);
    }

    protected function acquireLock($id): bool
    {
        $key = $this->lockName($id);
        $held = $this->held();
        if ($held === null ? $this->lockAcquired === true && $this->lockKey === $key : $held->key === $key) {
            return true;
        }
        $this->lockKey = $key;
        $client = $this->adapter->getAdapter();
        $token = bin2hex(random_bytes(16));
        for ($attempt = 0; $attempt < $this->lockRetries; $attempt++) {
            if ($client->rawCommand('SET', $key, $token, 'NX', 'EX', $this->lockExpiry) !== false) {
                if ($held !== null) {
                    $held->key = $key;
                    $held->token = $token;
                } else {
                    $this->lockAcquired = true;
                    $this->lockToken = $token;
                }

                return true;
            }
            $this->wait();
        }

        return false;
    }

    protected function releaseLock(): void
    {
        $held = $this->held();
        if ($held === null) {
            if ($this->lockAcquired === true) {
                $this->release($this->lockKey, $this->lockToken);
                $this->lockAcquired = false;
                $this->lockToken = '';
            }
        } elseif ($held->key !== '') {
            $this->release($held->key, $held->token);
            $held->key = $held->token = '';
        }
    }

    /** Whoever has the lock by now keeps it: the token says whose it is. */
    private function release(string $key, string $token): void
    {
        $this->adapter->getAdapter()->rawCommand('EVAL', self::RELEASE, 1, $key, $token);
    }

    private function lockName($id): string
    {
        return $this->prefix . $id . '-lock';
    }

    /**
     * The lock of the current Fiber, which others of this worker must not take for theirs; null outside of Fibers: see
     * $lockKey.
     */
    private function held(): ?Lock
    {
        $holder = Fiber::getCurrent();
        if ($holder === null) {
            return null;
        }
        $this->locks ??= new WeakMap();

        return $this->locks[$holder] ??= new Lock();
    }

    /** In a Fiber of the worker's loop others go on meanwhile: one of them may have the lock. */
    private function wait(): void
    {
        if (function_exists('phalanx_loop_running') && Scheduler::mayWait()) {
            Scheduler::sleep($this->lockWaitTime / 1e6);
        } else {
            usleep($this->lockWaitTime);
        }
    }
}
