<?php

declare(strict_types=1);

namespace Phalcon\Session;

/** Values that are kept in the session under one name. */
interface BagInterface
{
    public function __get(string $element);

    public function __isset(string $element): bool;

    public function __set(string $element, $value): void;

    public function __unset(string $element): void;

    public function init(array $data = []): void;

    public function get(string $element, $defaultValue = null, ?string $cast = null);

    public function set(string $element, $value): void;

    public function has(string $element): bool;

    public function remove(string $element): void;

    public function clear(): void;
}
