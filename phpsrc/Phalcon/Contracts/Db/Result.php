<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

use PDOStatement;

/** The rows that a query answered. */
interface Result
{
    public function dataSeek(int $number);

    public function execute(): bool;

    public function fetch();

    public function fetchAll(): array;

    public function fetchArray();

    public function getInternalResult(): PDOStatement;

    public function numRows(): int;

    public function setFetchMode(int $fetchMode): bool;
}
