<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http\Session;

/**
 * Where sessions are kept. The methods mean what those of PHP's own SessionHandlerInterface and
 * SessionUpdateTimestampHandlerInterface mean; Session calls read, write, updateTimestamp, destroy and gc.
 *
 * Source: Workerman\Protocols\Http\Session\SessionHandlerInterface 5.2.2.
 */
interface SessionHandlerInterface
{
    public function close(): bool;

    public function destroy(string $sessionId): bool;

    /** @param int $maxLifetime seconds since its last write or update after which a session goes */
    public function gc(int $maxLifetime): bool;

    public function open(string $savePath, string $name): bool;

    /** @return string|false what write() was given; false or '' when there is none, or it has expired */
    public function read(string $sessionId): string|false;

    public function write(string $sessionId, string $sessionData): bool;

    /** Makes the session live on as if it had been written now. */
    public function updateTimestamp(string $sessionId, string $data = ''): bool;
}
