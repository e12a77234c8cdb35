<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for hashes.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Hashes
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Deletes fields; how many there were. */
    public function hDel(string $key, string|int ...$fields): int
    {
        return $this->send(['HDEL', $key, $fields], Client::RAW);
    }

    /** Whether a field is there. */
    public function hExists(string $key, string $field): bool
    {
        return $this->send(['HEXISTS', $key, $field], Client::BOOL);
    }

    /** A field. */
    public function hGet(string $key, string $field): ?string
    {
        return $this->send(['HGET', $key, $field], Client::RAW);
    }

    /**
     * All fields; none: the hash does not exist.
     *
     * @return array<string, string>
     */
    public function hGetAll(string $key): array
    {
        return $this->send(['HGETALL', $key], Client::MAP);
    }

    /** Adds to a field. */
    public function hIncrBy(string $key, string $field, int $by): int
    {
        return $this->send(['HINCRBY', $key, $field, $by], Client::RAW);
    }

    /** Adds to a field. */
    public function hIncrByFloat(string $key, string $field, float $by): float
    {
        return $this->send(['HINCRBYFLOAT', $key, $field, $by], Client::FLOAT);
    }

    /**
     * The names of all fields.
     *
     * @return list<string>
     */
    public function hKeys(string $key): array
    {
        return $this->send(['HKEYS', $key], Client::RAW);
    }

    /** How many fields there are. */
    public function hLen(string $key): int
    {
        return $this->send(['HLEN', $key], Client::RAW);
    }

    /**
     * Fields under their names; null: not there.
     *
     * @return array<string, ?string>
     */
    public function hMGet(string $key, array $fields): array
    {
        return $this->send(['HMGET', $key, \array_values($fields)], Client::FIELDS);
    }

    /**
     * Sets fields.
     *
     * @param array<string, string|int|float> $fields
     */
    public function hMSet(string $key, array $fields): bool
    {
        return $this->send(['HMSET', $key, Options::pairs($fields)], Client::BOOL);
    }

    /** Any field; with $count a list of them, with values too: name => value. */
    public function hRandField(string $key, ?int $count = null, bool $withValues = false): array|string|null
    {
        return $this->send(
            ['HRANDFIELD', $key, $count ?? [], $withValues ? 'WITHVALUES' : []],
            $withValues ? Client::MAP : Client::RAW
        );
    }

    /** Sets a field that is not there. */
    public function hSetNx(string $key, string $field, string|int|float $value): bool
    {
        return $this->send(['HSETNX', $key, $field, $value], Client::BOOL);
    }

    /** The length of a field. */
    public function hStrLen(string $key, string $field): int
    {
        return $this->send(['HSTRLEN', $key, $field], Client::RAW);
    }

    /**
     * The values of all fields.
     *
     * @return list<string>
     */
    public function hVals(string $key): array
    {
        return $this->send(['HVALS', $key], Client::RAW);
    }

    /**
     * Sets the time to live of fields (Redis 7.4): 1 set, 0 not, 2 gone at once, -2 no such field.
     *
     * @return list<int>|null
     */
    public function hExpire(string $key, int $seconds, array $fields, ?string $mode = null): ?array
    {
        return $this->send(
            ['HEXPIRE', $key, $seconds, $mode ?? [], 'FIELDS', \count($fields), \array_values($fields)],
            Client::RAW
        );
    }

    /**
     * hExpire() in milliseconds.
     *
     * @return list<int>|null
     */
    public function hPExpire(string $key, int $milliseconds, array $fields, ?string $mode = null): ?array
    {
        return $this->send(
            ['HPEXPIRE', $key, $milliseconds, $mode ?? [], 'FIELDS', \count($fields), \array_values($fields)],
            Client::RAW
        );
    }

    /**
     * Takes the time to live of fields away (Redis 7.4).
     *
     * @return list<int>|null
     */
    public function hPersist(string $key, array $fields): ?array
    {
        return $this->send(['HPERSIST', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * The seconds fields have to live (Redis 7.4); -1: no limit, -2: there is none.
     *
     * @return list<int>|null
     */
    public function hTtl(string $key, array $fields): ?array
    {
        return $this->send(['HTTL', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * hTtl() in milliseconds.
     *
     * @return list<int>|null
     */
    public function hPTtl(string $key, array $fields): ?array
    {
        return $this->send(['HPTTL', $key, 'FIELDS', \count($fields), \array_values($fields)], Client::RAW);
    }

    /**
     * Sets fields: hSet('k', 'name', 'Ada'), hSet('k', 'a', 1, 'b', 2) or hSet('k', ['a' => 1, 'b' => 2]); how many are
     * new.
     *
     * @param array<string, string|int|float>|string $field
     */
    public function hSet(string $key, array|string $field, string|int|float ...$valueAndMore): int
    {
        return $this->send(
            ['HSET', $key, \is_array($field) ? Options::pairs($field) : $field, $valueAndMore],
            Client::RAW
        );
    }
}
