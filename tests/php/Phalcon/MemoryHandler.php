<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Fiber;
use SessionHandlerInterface;
use SessionUpdateTimestampHandlerInterface;

/** Sessions in an array; each access lets other Fibers go on, as a store behind a network does. */
final class MemoryHandler implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
{
    /** @var array<string, string> */
    public array $sessions = [];

    /** @var list<string> */
    public array $calls = [];

    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function close(): bool
    {
        $this->calls[] = 'close';

        return true;
    }

    public function read(string $id): string|false
    {
        $this->wait();

        return $this->sessions[$id] ?? '';
    }

    public function write(string $id, string $data): bool
    {
        $this->calls[] = 'write';
        $this->wait();
        $this->sessions[$id] = $data;

        return true;
    }

    public function destroy(string $id): bool
    {
        $this->calls[] = 'destroy';
        unset($this->sessions[$id]);

        return true;
    }

    public function gc(int $maxLifetime): int|false
    {
        return 0;
    }

    public function validateId(string $id): bool
    {
        $this->wait();

        return isset($this->sessions[$id]);
    }

    public function updateTimestamp(string $id, string $data): bool
    {
        $this->calls[] = 'updateTimestamp';

        return true;
    }

    private function wait(): void
    {
        if (Fiber::getCurrent() !== null) {
            Fiber::suspend();
        }
    }
}
