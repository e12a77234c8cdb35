<?php

declare(strict_types=1);

namespace Phalcon\Session\Adapter;

use SessionHandlerInterface;
use SessionUpdateTimestampHandlerInterface;

/** Keeps nothing. */
class Noop implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
{
    public function close(): bool
    {
        return true;
    }

    public function destroy($id): bool
    {
        return true;
    }

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
        return '';
    }

    public function updateTimestamp($id, $data): bool
    {
        return true;
    }

    public function validateId($id): bool
    {
        return true;
    }

    public function write($id, $data): bool
    {
        return true;
    }
}
