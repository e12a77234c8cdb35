<?php

declare(strict_types=1);

/** Compares, and counts what differs. */
function check(string $what, mixed $want, mixed $got): void
{
    if ($want !== $got) {
        echo "$what:\n  want ", var_export($want, true), "\n  got  ", var_export($got, true), "\n";
    }
}

/** @param class-string<Throwable> $class */
function throws(string $what, string $class, callable $do, string $message = ''): ?Throwable
{
    try {
        $do();
    } catch (Throwable $e) {
        if (!$e instanceof $class || !str_contains($e->getMessage(), $message)) {
            echo "$what: want $class with \"$message\", got ", get_class($e), ": ", $e->getMessage(), "\n";
        }
        return $e;
    }
    echo "$what: nothing is thrown\n";
    return null;
}
