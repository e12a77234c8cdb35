<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for lists.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Lists
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** lMove() that waits, at most so long; 0: without end. */
    public function blMove(string $source, string $destination, string $from, string $to, float $seconds): ?string
    {
        return $this->send(['BLMOVE', $source, $destination, $from, $to, $seconds], Client::RAW);
    }

    /**
     * lmPop() that waits.
     *
     * @return array{string, list<string>}|null
     */
    public function blmPop(float $seconds, array $keys, string $from, int $count = 1): ?array
    {
        return $this->send(
            ['BLMPOP', $seconds, \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::RAW
        );
    }

    /**
     * The first element of the first list that has one, waiting for it; 0: without end.
     *
     * @return array{string, string}|null the list and the element
     */
    public function blPop(string|array $keys, float $seconds): ?array
    {
        return $this->send(['BLPOP', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::RAW);
    }

    /**
     * blPop() from the other end.
     *
     * @return array{string, string}|null the list and the element
     */
    public function brPop(string|array $keys, float $seconds): ?array
    {
        return $this->send(['BRPOP', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::RAW);
    }

    /** rPopLPush() that waits. */
    public function bRPopLPush(string $source, string $destination, float $seconds): ?string
    {
        return $this->send(['BRPOPLPUSH', $source, $destination, $seconds], Client::RAW);
    }

    /** An element; negative indexes count from the end. */
    public function lIndex(string $key, int $index): ?string
    {
        return $this->send(['LINDEX', $key, $index], Client::RAW);
    }

    /** Inserts 'BEFORE' or 'AFTER' an element; the length, -1: no such element, 0: no such list. */
    public function lInsert(string $key, string $where, string|int|float $pivot, string|int|float $value): int
    {
        return $this->send(['LINSERT', $key, $where, $pivot, $value], Client::RAW);
    }

    /** The length of a list. */
    public function lLen(string $key): int
    {
        return $this->send(['LLEN', $key], Client::RAW);
    }

    /** Moves an element from the 'LEFT' or 'RIGHT' end of a list to an end of another. */
    public function lMove(string $source, string $destination, string $from, string $to): ?string
    {
        return $this->send(['LMOVE', $source, $destination, $from, $to], Client::RAW);
    }

    /**
     * Elements of the first list that has any.
     *
     * @return array{string, list<string>}|null
     */
    public function lmPop(array $keys, string $from, int $count = 1): ?array
    {
        return $this->send(['LMPOP', \count($keys), \array_values($keys), $from, 'COUNT', $count], Client::RAW);
    }

    /** The first element; with $count a list of them. */
    public function lPop(string $key, ?int $count = null): array|string|null
    {
        return $this->send(['LPOP', $key, $count ?? []], Client::RAW);
    }

    /** Where an element is. Options: 'rank', 'count' (then a list), 'maxlen' => int. */
    public function lPos(string $key, string|int|float $value, array $options = []): array|int|null
    {
        return $this->send(['LPOS', $key, $value, Options::words($options)], Client::RAW);
    }

    /** Puts elements at the head; the length. */
    public function lPush(string $key, string|int|float ...$values): int
    {
        return $this->send(['LPUSH', $key, $values], Client::RAW);
    }

    /** lPush() if the list exists. */
    public function lPushX(string $key, string|int|float ...$values): int
    {
        return $this->send(['LPUSHX', $key, $values], Client::RAW);
    }

    /**
     * Elements, both ends included; negative ones count from the end.
     *
     * @return list<string>
     */
    public function lRange(string $key, int $start, int $end): array
    {
        return $this->send(['LRANGE', $key, $start, $end], Client::RAW);
    }

    /**
     * Removes equal elements: all (0), $count from the head, or from the tail (negative). The arguments are in ext-
     * redis' order.
     */
    public function lRem(string $key, string|int|float $value, int $count = 0): int
    {
        return $this->send(['LREM', $key, $count, $value], Client::RAW);
    }

    /** Sets an element. */
    public function lSet(string $key, int $index, string|int|float $value): bool
    {
        return $this->send(['LSET', $key, $index, $value], Client::BOOL);
    }

    /** Keeps these elements only. */
    public function lTrim(string $key, int $start, int $end): bool
    {
        return $this->send(['LTRIM', $key, $start, $end], Client::BOOL);
    }

    /** The last element; with $count a list of them. */
    public function rPop(string $key, ?int $count = null): array|string|null
    {
        return $this->send(['RPOP', $key, $count ?? []], Client::RAW);
    }

    /** Moves the last element of a list to the head of another. */
    public function rPopLPush(string $source, string $destination): ?string
    {
        return $this->send(['RPOPLPUSH', $source, $destination], Client::RAW);
    }

    /** Puts elements at the tail; the length. */
    public function rPush(string $key, string|int|float ...$values): int
    {
        return $this->send(['RPUSH', $key, $values], Client::RAW);
    }

    /** rPush() if the list exists. */
    public function rPushX(string $key, string|int|float ...$values): int
    {
        return $this->send(['RPUSHX', $key, $values], Client::RAW);
    }
}
