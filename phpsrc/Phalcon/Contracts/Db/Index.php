<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

/** An index of a table. */
interface Index
{
    public function getColumns(): array;

    public function getName(): string;

    public function getType(): string;
}
