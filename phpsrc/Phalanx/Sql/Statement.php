<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use Generator;

/**
 * A statement that is carried out with changing values. The server prepares it once for each connection that it runs
 * on, as it does with every statement; the connection keeps the last ones (statementCache).
 */
final class Statement
{
    /** @internal use prepare() */
    public function __construct(private readonly Database|Transaction $on, public readonly string $sql)
    {
        $on->check($sql);
    }

    /** @return list<array<string, mixed>> see Database::query() */
    public function query(mixed ...$params): array
    {
        return $this->on->query($this->sql, $params);
    }

    /** @return ?array<string, mixed> see Database::first() */
    public function first(mixed ...$params): ?array
    {
        return $this->on->first($this->sql, $params);
    }

    /** See Database::value(). */
    public function value(mixed ...$params): mixed
    {
        return $this->on->value($this->sql, $params);
    }

    /** @return list<mixed> see Database::column() */
    public function column(mixed ...$params): array
    {
        return $this->on->column($this->sql, $params);
    }

    /** See Database::execute(). */
    public function execute(mixed ...$params): Result
    {
        return $this->on->execute($this->sql, $params);
    }

    /** @return Generator<int, array<string, mixed>> see Database::stream() */
    public function stream(mixed ...$params): Generator
    {
        return $this->on->stream($this->sql, $params);
    }
}
