<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

/** A foreign key of a table. */
interface Reference
{
    public function getColumns(): array;

    public function getName(): string;

    public function getOnDelete(): ?string;

    public function getOnUpdate(): ?string;

    public function getReferencedColumns(): array;

    public function getReferencedSchema(): ?string;

    public function getReferencedTable(): string;

    public function getSchemaName(): ?string;
}
