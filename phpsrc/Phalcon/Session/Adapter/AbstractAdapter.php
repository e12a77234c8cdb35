<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session\Adapter;

use Phalcon\Traits\Support\Helper\Arr\GetTrait;
use SessionHandlerInterface;
use SessionUpdateTimestampHandlerInterface;

/** Sessions in a storage adapter, under their ids. How long they live is the storage's lifetime. */
abstract class AbstractAdapter implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
{
    use GetTrait;

    protected $adapter = null;

    public function close(): bool
    {
        return true;
    }

    public function destroy($id): bool
    {
        return empty($id) || !$this->adapter->has($id) || $this->adapter->delete($id);
    }

    /** The storage itself forgets what has expired. */
    public function gc(int $max_lifetime): int|false
    {
        return 1;
    }

    public function open($path, $name): bool
    {
        return true;
    }

    public function read($id): string
    {
        return $this->adapter->get($id) ?? '';
    }

    public function updateTimestamp($id, $data): bool
    {
        return $this->write($id, $data);
    }

    public function validateId($id): bool
    {
        return $this->adapter->has($id);
    }

    public function write($id, $data): bool
    {
        return $this->adapter->set($id, $data);
    }
}
