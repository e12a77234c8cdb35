<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Context;

use ArrayObject;

/** Values that belong to one coroutine. Source: workerman/coroutine 1.1.4. */
interface ContextInterface
{
    /** @param ?string $name null: the whole context, an ArrayObject */
    public static function get(?string $name = null, mixed $default = null): mixed;

    public static function set(string $name, mixed $value): void;

    public static function has(string $name): bool;

    /** Replaces the context, also by the one of another coroutine: they share it then. */
    public static function reset(?ArrayObject $data = null): void;

    public static function destroy(): void;
}
