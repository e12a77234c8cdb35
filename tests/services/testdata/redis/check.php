<?php

declare(strict_types=1);

/** Says what differs, and ends the script with status 1. */
function same(mixed $expected, mixed $actual, string $what): void
{
    if ($expected !== $actual) {
        $differs = \var_export($expected, true) . "\nexpected, there is\n" . \var_export($actual, true);
        $line = \debug_backtrace(\DEBUG_BACKTRACE_IGNORE_ARGS, 1)[0]['line'];
        echo "line $line: $what:\n$differs\n";
        exit(1);
    }
}

/** @param class-string<Throwable> $class */
function throws(string $class, callable $callback, string $message = ''): Throwable
{
    try {
        $callback();
    } catch (Throwable $e) {
        same($class, $e::class, 'the class of ' . $e->getMessage());
        same(true, $message === '' || \str_contains($e->getMessage(), $message), "'$message' in '{$e->getMessage()}'");

        return $e;
    }
    same($class, null, 'what is thrown');
    exit(1);
}
