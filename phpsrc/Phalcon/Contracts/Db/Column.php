<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

/** A column of a table. */
interface Column
{
    public function getAfterPosition(): ?string;

    public function getBindType(): int;

    public function getDefault();

    public function getName(): string;

    public function getScale(): int;

    public function getSize(): string|int;

    public function getType(): string|int;

    public function getTypeReference(): int;

    public function getTypeValues(): array|string|int;

    public function hasDefault(): bool;

    public function isAutoIncrement(): bool;

    public function isFirst(): bool;

    public function isNotNull(): bool;

    public function isNumeric(): bool;

    public function isPrimary(): bool;

    public function isUnsigned(): bool;
}
