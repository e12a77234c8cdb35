<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for strings.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Strings
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Appends to a string; its length. */
    public function append(string $key, string|int|float $value): int
    {
        return $this->send(['APPEND', $key, $value], Client::RAW);
    }

    /** Counts down. */
    public function decr(string $key, int $by = 1): int
    {
        return $this->send(['DECRBY', $key, $by], Client::RAW);
    }

    /** Counts down. */
    public function decrBy(string $key, int $by): int
    {
        return $this->send(['DECRBY', $key, $by], Client::RAW);
    }

    /** A string; null: there is none. */
    public function get(string $key): ?string
    {
        return $this->send(['GET', $key], Client::RAW);
    }

    /** A string, which is deleted. */
    public function getDel(string $key): ?string
    {
        return $this->send(['GETDEL', $key], Client::RAW);
    }

    /** A string, whose time to live changes. Options: 'ex', 'px', 'exat', 'pxat' => int, or 'persist'. */
    public function getEx(string $key, array $options = []): ?string
    {
        return $this->send(['GETEX', $key, Options::words($options)], Client::RAW);
    }

    /** A part of a string, both ends included; negative ones count from the end. */
    public function getRange(string $key, int $start, int $end): string
    {
        return $this->send(['GETRANGE', $key, $start, $end], Client::RAW);
    }

    /** Sets a string and gives what it was. */
    public function getSet(string $key, string|int|float $value): ?string
    {
        return $this->send(['GETSET', $key, $value], Client::RAW);
    }

    /** Counts up. */
    public function incr(string $key, int $by = 1): int
    {
        return $this->send(['INCRBY', $key, $by], Client::RAW);
    }

    /** Counts up. */
    public function incrBy(string $key, int $by): int
    {
        return $this->send(['INCRBY', $key, $by], Client::RAW);
    }

    /** Adds to a number. */
    public function incrByFloat(string $key, float $by): float
    {
        return $this->send(['INCRBYFLOAT', $key, $by], Client::FLOAT);
    }

    /** The longest common subsequence. Options: 'len', 'idx', 'minmatchlen' => int, 'withmatchlen'. */
    public function lcs(string $key1, string $key2, array $options = []): string|int|array
    {
        return $this->send(['LCS', $key1, $key2, Options::words($options)], Client::DEEP);
    }

    /**
     * Strings in the order of their keys.
     *
     * @return list<?string>
     */
    public function mGet(array $keys): array
    {
        return $this->send(['MGET', \array_values($keys)], Client::RAW);
    }

    /**
     * Sets several strings.
     *
     * @param array<string, string|int|float> $pairs
     */
    public function mSet(array $pairs): bool
    {
        return $this->send(['MSET', Options::pairs($pairs)], Client::BOOL);
    }

    /**
     * Sets several strings if none of them exists.
     *
     * @param array<string, string|int|float> $pairs
     */
    public function mSetNx(array $pairs): bool
    {
        return $this->send(['MSETNX', Options::pairs($pairs)], Client::BOOL);
    }

    /** Sets a string with a time to live. */
    public function pSetEx(string $key, int $milliseconds, string|int|float $value): bool
    {
        return $this->send(['PSETEX', $key, $milliseconds, $value], Client::BOOL);
    }

    /** Sets a string with a time to live. */
    public function setEx(string $key, int $seconds, string|int|float $value): bool
    {
        return $this->send(['SETEX', $key, $seconds, $value], Client::BOOL);
    }

    /** Sets a string if there is none. */
    public function setNx(string $key, string|int|float $value): bool
    {
        return $this->send(['SETNX', $key, $value], Client::BOOL);
    }

    /** Overwrites a part of a string; its length. */
    public function setRange(string $key, int $offset, string $value): int
    {
        return $this->send(['SETRANGE', $key, $offset, $value], Client::RAW);
    }

    /** The length in bytes. */
    public function strLen(string $key): int
    {
        return $this->send(['STRLEN', $key], Client::RAW);
    }

    /** getRange() by its old name. */
    public function substr(string $key, int $start, int $end): string
    {
        return $this->send(['SUBSTR', $key, $start, $end], Client::RAW);
    }

    /**
     * Sets a string.
     *
     * @param array<int|string, mixed>|int|null $options 'nx' or 'xx' (only if it is not there, or is), 'get' (the
     *     result is what was there), 'ex', 'px', 'exat', 'pxat' => int, 'keepttl'; a number: the seconds to live
     * @return bool|string|null false: the condition was not met; with 'get' the old value or null
     */
    public function set(string $key, string|int|float $value, array|int|null $options = null): bool|string|null
    {
        if ($options === null) {
            return $this->send(['SET', $key, $value], Client::BOOL);
        }
        if (\is_int($options)) {
            return $this->send(['SET', $key, $value, 'EX', $options], Client::BOOL);
        }

        return $this->send(
            ['SET', $key, $value, Options::words($options)],
            Options::with($options, 'get') ? Client::RAW : Client::BOOL
        );
    }
}
