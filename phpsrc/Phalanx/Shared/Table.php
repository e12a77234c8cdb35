<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use ArrayAccess;
use Phalanx\Shared\Native\Table as NativeTable;
use TypeError;

/**
 * A table in memory that all workers of the server process share, found by its name: rows with typed columns under
 * string keys. Each call is atomic for its row.
 *
 *     $users = new Table('users', columns: ['name' => 'string(64)', 'visits' => 'int'], indexes: ['name']);
 *
 * @implements ArrayAccess<string, array<string, int|float|string|bool>>
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/shared.md
 */
final class Table extends NativeTable implements ArrayAccess
{
    public const INT = 'int';
    public const FLOAT = 'float';
    public const BOOL = 'bool';

    /** The type of a column of strings, of up to so many bytes. */
    public static function string(int $maxBytes): string
    {
        return "string($maxBytes)";
    }

    /** @return array<string, int|float|string|bool>|null null: there is no such row */
    public function get(string $key): ?array
    {
        return $this->row($key);
    }

    /**
     * Makes a row, or replaces all of it. Columns that are not given are 0, 0.0, '' or false.
     *
     * @param array<string, int|float|string|bool> $row
     * @throws LimitException when the table has its $maxRows, or would take more than $maxBytes
     * @throws TypeError when a value is not of its column's type, or longer than its strings may be
     */
    public function set(string $key, array $row): void
    {
        $this->put($key, $row);
    }

    /**
     * Makes a row.
     *
     * @param array<string, int|float|string|bool> $row
     * @return bool false: there is one, which stays as it is
     */
    public function add(string $key, array $row): bool
    {
        return $this->insert($key, $row);
    }

    /**
     * Changes the columns that are given.
     *
     * @param array<string, int|float|string|bool> $columns
     * @return bool false: there is no such row
     */
    public function update(string $key, array $columns): bool
    {
        return $this->change($key, $columns);
    }

    /**
     * Changes the columns that are given of a row, which is made when there is none.
     *
     * @param array<string, int|float|string|bool> $columns
     */
    public function upsert(string $key, array $columns): void
    {
        $this->merge($key, $columns);
    }

    public function offsetExists(mixed $offset): bool
    {
        return $this->has((string)$offset);
    }

    /** @return array<string, int|float|string|bool>|null a copy: $table['key']['column'] = 1 is refused by PHP */
    public function offsetGet(mixed $offset): ?array
    {
        return $this->row((string)$offset);
    }

    public function offsetSet(mixed $offset, mixed $value): void
    {
        if ($offset === null || !\is_array($value)) {
            throw new TypeError('A row is set as $table[\'key\'] = [\'column\' => value]');
        }
        $this->put((string)$offset, $value);
    }

    public function offsetUnset(mixed $offset): void
    {
        $this->delete((string)$offset);
    }
}
