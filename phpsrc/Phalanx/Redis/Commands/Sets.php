<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands for sets.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Sets
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** Adds members; how many are new. */
    public function sAdd(string $key, string|int|float ...$members): int
    {
        return $this->send(['SADD', $key, $members], Client::RAW);
    }

    /** How many members there are. */
    public function sCard(string $key): int
    {
        return $this->send(['SCARD', $key], Client::RAW);
    }

    /**
     * The members of the first set that the others do not have.
     *
     * @return list<string>
     */
    public function sDiff(string|array $key, string ...$more): array
    {
        return $this->send(['SDIFF', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Stores sDiff(); how many members. */
    public function sDiffStore(string $destination, string ...$keys): int
    {
        return $this->send(['SDIFFSTORE', $destination, $keys], Client::RAW);
    }

    /**
     * The members that all sets have.
     *
     * @return list<string>
     */
    public function sInter(string|array $key, string ...$more): array
    {
        return $this->send(['SINTER', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** How many members all sets have; it stops counting at $limit. */
    public function sInterCard(array $keys, int $limit = 0): int
    {
        return $this->send(['SINTERCARD', \count($keys), \array_values($keys), 'LIMIT', $limit], Client::RAW);
    }

    /** Stores sInter(); how many members. */
    public function sInterStore(string $destination, string ...$keys): int
    {
        return $this->send(['SINTERSTORE', $destination, $keys], Client::RAW);
    }

    /** Whether it is a member. */
    public function sIsMember(string $key, string|int|float $member): bool
    {
        return $this->send(['SISMEMBER', $key, $member], Client::BOOL);
    }

    /**
     * All members.
     *
     * @return list<string>
     */
    public function sMembers(string $key): array
    {
        return $this->send(['SMEMBERS', $key], Client::RAW);
    }

    /**
     * Which of them are members.
     *
     * @return list<bool>
     */
    public function sMisMember(string $key, string|int|float ...$members): array
    {
        return $this->send(['SMISMEMBER', $key, $members], Client::BOOLS);
    }

    /** Moves a member to another set. */
    public function sMove(string $source, string $destination, string|int|float $member): bool
    {
        return $this->send(['SMOVE', $source, $destination, $member], Client::BOOL);
    }

    /** Removes any member; with $count a list of them. */
    public function sPop(string $key, ?int $count = null): array|string|null
    {
        return $this->send(['SPOP', $key, $count ?? []], Client::RAW);
    }

    /** Any member; with $count a list of them, a negative one with repetitions. */
    public function sRandMember(string $key, ?int $count = null): array|string|null
    {
        return $this->send(['SRANDMEMBER', $key, $count ?? []], Client::RAW);
    }

    /** Removes members; how many there were. */
    public function sRem(string $key, string|int|float ...$members): int
    {
        return $this->send(['SREM', $key, $members], Client::RAW);
    }

    /**
     * The members that any set has.
     *
     * @return list<string>
     */
    public function sUnion(string|array $key, string ...$more): array
    {
        return $this->send(['SUNION', \is_array($key) ? \array_values($key) : $key, $more], Client::RAW);
    }

    /** Stores sUnion(); how many members. */
    public function sUnionStore(string $destination, string ...$keys): int
    {
        return $this->send(['SUNIONSTORE', $destination, $keys], Client::RAW);
    }
}
