<?php

declare(strict_types=1);

/** What workers have been given, in a file that the test reads. */
final class Seen
{
    public static function append(string $line): void
    {
        file_put_contents(__DIR__ . '/seen', "$line\n", FILE_APPEND | LOCK_EX);
    }
}
