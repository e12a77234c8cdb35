<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Support;

use ArrayAccess;
use IteratorAggregate;
use Traversable;

/** An array with methods, whose keys may ignore case. */
interface Collection extends ArrayAccess, IteratorAggregate, Traversable
{
    public function __get(string $element): mixed;

    public function __isset(string $element): bool;

    public function __set(string $element, $value): void;

    public function __unset(string $element): void;

    public function clear(): void;

    public function column(string $propertyOrMethod): array;

    public function each($callback): static;

    public function filter($callback): static;

    public function first(): mixed;

    public function get(string $element, $defaultValue = null, ?string $cast = null): mixed;

    public function getKeys(bool $insensitive = true): array;

    public function getType(): ?string;

    public function getValues(): array;

    public function has(string $element): bool;

    public function init(array $data = []): void;

    public function isEmpty(): bool;

    public function keys(bool $insensitive = true): array;

    public function last(): mixed;

    public function map($callback): static;

    public function reduce($callback, $initial = null): mixed;

    public function remove(string $element): void;

    public function replace(array $data): void;

    public function set(string $element, $value): void;

    public function sort($callback = null, int $order = 4): static;

    public function toArray(): array;

    public function toJson(int $options = 4194383): string;

    public function values(): array;

    public function where(string $propertyOrMethod, $value): static;
}
