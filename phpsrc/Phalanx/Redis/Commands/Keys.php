<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for keys of any type.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Keys
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Copies a value. Options: 'db' => int, 'replace'. */
    public function copy(string $source, string $destination, array $options = []): bool
    {
        return $this->send(['COPY', $source, $destination, Options::words($options)], Client::BOOL);
    }

    /** Deletes keys; how many there were. */
    public function del(string|array $key, string ...$more): int
    {
        return $this->send(['DEL', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** A value in Redis' own serialized form, for restore(). */
    public function dump(string $key): ?string
    {
        return $this->send(['DUMP', $key], Client::RAW);
    }

    /** How many of the keys exist; one named twice counts twice. */
    public function exists(string|array $key, string ...$more): int
    {
        return $this->send(['EXISTS', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Sets the time to live. $mode: 'NX', 'XX', 'GT' or 'LT' (Redis 7). */
    public function expire(string $key, int $seconds, ?string $mode = null): bool
    {
        return $this->send(['EXPIRE', $key, $seconds, $mode ?? []], Client::BOOL);
    }

    /** Sets when the key goes, as a Unix time. */
    public function expireAt(string $key, int $timestamp, ?string $mode = null): bool
    {
        return $this->send(['EXPIREAT', $key, $timestamp, $mode ?? []], Client::BOOL);
    }

    /** When the key goes, as a Unix time; -1: never, -2: there is none. */
    public function expireTime(string $key): int
    {
        return $this->send(['EXPIRETIME', $key], Client::RAW);
    }

    /**
     * All names that match. It holds up the server: scan() does not.
     *
     * @return list<string>
     */
    public function keys(string $pattern): array
    {
        return $this->send(['KEYS', $pattern], Client::RAW);
    }

    /**
     * Moves keys to another server: 'OK', or 'NOKEY'. Options: 'copy', 'replace', 'auth' => password, 'auth2' =>
     * [user, password].
     */
    public function migrate(
        string $host,
        int $port,
        string|array $keys,
        int $database,
        int $milliseconds,
        array $options = []
    ): string {
        return $this->send(
            [
                'MIGRATE',
                $host,
                $port,
                '',
                $database,
                $milliseconds,
                Options::words($options),
                'KEYS',
                \is_array($keys) ? \array_values($keys) : $keys,
            ],
            Client::RAW
        );
    }

    /** Moves a key to another database. */
    public function move(string $key, int $database): bool
    {
        return $this->send(['MOVE', $key, $database], Client::BOOL);
    }

    /** How a value is stored. */
    public function objectEncoding(string $key): ?string
    {
        return $this->send(['OBJECT', 'ENCODING', $key], Client::RAW);
    }

    /** How often a key is used, where maxmemory-policy is an LFU one. */
    public function objectFreq(string $key): ?int
    {
        return $this->send(['OBJECT', 'FREQ', $key], Client::RAW);
    }

    /** Seconds since a key was used. */
    public function objectIdletime(string $key): ?int
    {
        return $this->send(['OBJECT', 'IDLETIME', $key], Client::RAW);
    }

    /** References to a value. */
    public function objectRefcount(string $key): ?int
    {
        return $this->send(['OBJECT', 'REFCOUNT', $key], Client::RAW);
    }

    /**
     * What OBJECT can do.
     *
     * @return list<string>
     */
    public function objectHelp(): array
    {
        return $this->send(['OBJECT', 'HELP'], Client::RAW);
    }

    /** Takes the time to live away. */
    public function persist(string $key): bool
    {
        return $this->send(['PERSIST', $key], Client::BOOL);
    }

    /** Sets the time to live. */
    public function pExpire(string $key, int $milliseconds, ?string $mode = null): bool
    {
        return $this->send(['PEXPIRE', $key, $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** Sets when the key goes, in milliseconds of Unix time. */
    public function pExpireAt(string $key, int $milliseconds, ?string $mode = null): bool
    {
        return $this->send(['PEXPIREAT', $key, $milliseconds, $mode ?? []], Client::BOOL);
    }

    /** When the key goes, in milliseconds of Unix time; -1: never, -2: there is none. */
    public function pExpireTime(string $key): int
    {
        return $this->send(['PEXPIRETIME', $key], Client::RAW);
    }

    /** The milliseconds to live; -1: no limit, -2: there is none. */
    public function pTtl(string $key): int
    {
        return $this->send(['PTTL', $key], Client::RAW);
    }

    /** Any key. */
    public function randomKey(): ?string
    {
        return $this->send(['RANDOMKEY'], Client::RAW);
    }

    /** Renames a key; one that has the new name is gone. */
    public function rename(string $key, string $newKey): bool
    {
        return $this->send(['RENAME', $key, $newKey], Client::BOOL);
    }

    /** Renames a key unless the new name is taken. */
    public function renameNx(string $key, string $newKey): bool
    {
        return $this->send(['RENAMENX', $key, $newKey], Client::BOOL);
    }

    /**
     * Makes a value of what dump() has given; 0 milliseconds: no time to live. Options: 'replace', 'absttl',
     * 'idletime' => int, 'freq' => int.
     */
    public function restore(string $key, int $milliseconds, string $serialized, array $options = []): bool
    {
        return $this->send(['RESTORE', $key, $milliseconds, $serialized, Options::words($options)], Client::BOOL);
    }

    /**
     * Sorts a list, set or sorted set. Options: 'by' => pattern, 'limit' => [offset, count], 'get' => pattern or
     * patterns, 'asc' or 'desc', 'alpha', 'store' => key (the result is then how many).
     */
    public function sort(string $key, array $options = []): array|int
    {
        return $this->send(['SORT', $key, Options::words($options)], Client::RAW);
    }

    /**
     * sort() that cannot store.
     *
     * @return list<?string>
     */
    public function sortRo(string $key, array $options = []): array
    {
        return $this->send(['SORT_RO', $key, Options::words($options)], Client::RAW);
    }

    /** Notes that keys are used; how many exist. */
    public function touch(string|array $key, string ...$more): int
    {
        return $this->send(['TOUCH', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** The seconds to live; -1: no limit, -2: there is none. */
    public function ttl(string $key): int
    {
        return $this->send(['TTL', $key], Client::RAW);
    }

    /** 'string', 'list', 'set', 'zset', 'hash', 'stream' or 'none'. */
    public function type(string $key): string
    {
        return $this->send(['TYPE', $key], Client::RAW);
    }

    /** del() whose memory is freed in the background. */
    public function unlink(string|array $key, string ...$more): int
    {
        return $this->send(['UNLINK', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Waits until replicas have earlier writes of this connection: use it on connection(). How many have. */
    public function wait(int $replicas, int $milliseconds): int
    {
        return $this->send(['WAIT', $replicas, $milliseconds], Client::RAW);
    }
}
