<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;

/**
 * Commands for the bits of strings.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Bits
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** How many bits are set, of the bytes from $start to $end. $unit: 'BYTE' or 'BIT' (Redis 7). */
    public function bitCount(string $key, ?int $start = null, ?int $end = null, ?string $unit = null): int
    {
        return $this->send(['BITCOUNT', $key, $start ?? [], $end ?? [], $unit ?? []], Client::RAW);
    }

    /**
     * Integers of any width: bitField('k', 'INCRBY', 'u8', 0, 1, 'GET', 'i5', '#2').
     *
     * @return list<?int>|null
     */
    public function bitField(string $key, string|int ...$operations): ?array
    {
        return $this->send(['BITFIELD', $key, $operations], Client::RAW);
    }

    /**
     * bitField() that only gets.
     *
     * @return list<?int>
     */
    public function bitFieldRo(string $key, string|int ...$operations): array
    {
        return $this->send(['BITFIELD_RO', $key, $operations], Client::RAW);
    }

    /** 'AND', 'OR', 'XOR' or 'NOT' of strings; the length of what was stored. */
    public function bitOp(string $operation, string $destination, string ...$keys): int
    {
        return $this->send(['BITOP', $operation, $destination, $keys], Client::RAW);
    }

    /** Where the first such bit is; -1: nowhere. */
    public function bitPos(
        string $key,
        int|bool $bit,
        ?int $start = null,
        ?int $end = null,
        ?string $unit = null
    ): int {
        return $this->send(['BITPOS', $key, $bit, $start ?? [], $end ?? [], $unit ?? []], Client::RAW);
    }

    /** A bit: 0 or 1. */
    public function getBit(string $key, int $offset): int
    {
        return $this->send(['GETBIT', $key, $offset], Client::RAW);
    }

    /** Sets a bit and gives what it was. */
    public function setBit(string $key, int $offset, int|bool $bit): int
    {
        return $this->send(['SETBIT', $key, $offset, $bit], Client::RAW);
    }
}
