<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use Generator;

/**
 * What a database and a transaction can both do. Values are given by position (?, $1) or by name (:name).
 *
 * Each method throws Phalanx\Sql\Exception, or one of its kinds.
 *
 * @internal use Database and Transaction
 */
trait Queries
{
    /** Where statements run at the moment. */
    abstract protected function source(): Pool|Session;

    /**
     * All rows, by column name. Of columns of the same name the last counts.
     *
     * @param array<mixed> $params
     *
     * @return list<array<string, mixed>>
     */
    public function query(string $sql, array $params = []): array
    {
        return $this->source()->run($sql, $params, 0);
    }

    /**
     * All rows as lists.
     *
     * @param array<mixed> $params
     *
     * @return list<list<mixed>>
     */
    public function lists(string $sql, array $params = []): array
    {
        return $this->source()->run($sql, $params, 1);
    }

    /**
     * The first row, or null. The server sends all rows: add LIMIT 1 where there may be many.
     *
     * @param array<mixed> $params
     *
     * @return ?array<string, mixed>
     */
    public function first(string $sql, array $params = []): ?array
    {
        return $this->source()->run($sql, $params, 2);
    }

    /**
     * The first column of the first row, or null.
     *
     * @param array<mixed> $params
     */
    public function value(string $sql, array $params = []): mixed
    {
        return $this->source()->run($sql, $params, 3);
    }

    /**
     * The first column of all rows.
     *
     * @param array<mixed> $params
     *
     * @return list<mixed>
     */
    public function column(string $sql, array $params = []): array
    {
        return $this->source()->run($sql, $params, 4);
    }

    /**
     * The first of two columns => the second.
     *
     * @param array<mixed> $params
     *
     * @return array<array-key, mixed>
     */
    public function pairs(string $sql, array $params = []): array
    {
        return $this->source()->run($sql, $params, 5);
    }

    /**
     * The rows by their first column, which is not in them any more: a list of rows for each of its values.
     *
     * @param array<mixed> $params
     *
     * @return array<array-key, list<array<string, mixed>>>
     */
    public function grouped(string $sql, array $params = []): array
    {
        $groups = [];
        foreach ($this->query($sql, $params) as $row) {
            $key = \array_shift($row);
            $groups[\is_int($key) ? $key : (string) $key][] = $row;
        }

        return $groups;
    }

    /**
     * The rows as objects: each column is the constructor's argument of that name.
     *
     * @template T of object
     *
     * @param class-string<T> $class
     * @param array<mixed>    $params
     *
     * @return list<T>
     */
    public function objects(string $class, string $sql, array $params = []): array
    {
        return \array_map(static fn (array $row): object => new $class(...$row), $this->query($sql, $params));
    }

    /**
     * Columns, rows and what the statement has done, in one.
     *
     * @param array<mixed> $params
     *
     * @return array{columns: list<array{name: string, type: string}>, rows: list<list<mixed>>,
     *     affectedRows: int, lastInsertId: ?int}
     */
    public function table(string $sql, array $params = []): array
    {
        return $this->source()->run($sql, $params, 6);
    }

    /**
     * Carries out a statement whose rows, if it has any, are of no interest.
     *
     * @param array<mixed> $params
     */
    public function execute(string $sql, array $params = []): Result
    {
        return $this->source()->execute($sql, $params);
    }

    /** Carries out statements that stand one behind another, without values. */
    public function script(string $sql): void
    {
        $this->source()->script($sql);
    }

    /**
     * The rows one after another, for results that are too large to have at once. A connection is held until the last
     * row, or until the generator is let go of.
     *
     * @param array<mixed> $params
     * @param int          $batch  how many rows come from the engine at a time
     *
     * @return Generator<int, array<string, mixed>>
     */
    public function stream(string $sql, array $params = [], int $batch = 500): Generator
    {
        $cursor = $this->source()->cursor($sql, $params);
        while ($rows = $cursor->next($batch, false)) {
            foreach ($rows as $row) {
                yield $row;
            }
        }
    }

    /**
     * Puts a row into a table.
     *
     * @param array<string, mixed> $row by column
     */
    public function insert(string $table, array $row): Result
    {
        $columns = \implode(', ', \array_map($this->quote(...), \array_keys($row)));
        $values = \implode(', ', \array_fill(0, \count($row), '?'));
        $name = \implode('.', \array_map($this->quote(...), \explode('.', $table)));

        return $this->execute("INSERT INTO $name ($columns) VALUES ($values)", \array_values($row));
    }

    /**
     * Puts many rows into a table: with COPY in PostgreSQL, else with statements of several rows. Each batch is put in
     * whole or not at all; in a transaction all are.
     *
     * @param iterable<array<string, mixed>> $rows  by column; all have the same columns in the same order
     * @param int                            $batch how many are sent at a time
     *
     * @return int how many there were
     */
    public function insertMany(string $table, iterable $rows, int $batch = 1000): int
    {
        $total = 0;
        $columns = $held = [];
        foreach ($rows as $row) {
            $columns = $columns === [] ? \array_keys($row) : $columns;
            if (\array_keys($row) !== $columns) {
                throw new Exception\ParameterException('All rows have the same columns in the same order');
            }
            $held[] = \array_values($row);
            if (\count($held) >= $batch) {
                $total += $this->source()->insert($table, $columns, $held);
                $held = [];
            }
        }

        return $held === [] ? $total : $total + $this->source()->insert($table, $columns, $held);
    }

    /** A statement to be carried out several times. */
    public function prepare(string $sql): Statement
    {
        return new Statement($this, $sql);
    }
}
