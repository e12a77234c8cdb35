<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** PHP's file functions, each behind a method that a subclass can replace. */
trait FileTrait
{
    protected static function phpFclose($handle): bool
    {
        return fclose($handle);
    }

    protected static function phpFgetCsv(
        $stream,
        int $length = 0,
        string $separator = ',',
        $enclosure = null,
        $escape = null
    ): array|false {
        return fgetcsv($stream, $length, $separator, $enclosure ?? '"', $escape ?? '\\');
    }

    protected static function phpFileExists(string $filename): bool
    {
        return file_exists($filename);
    }

    protected static function phpFileGetContents(
        string $filename,
        bool $useIncludePath = false,
        $context = null,
        int $offset = 0,
        ?int $length = null
    ): string|false {
        return file_get_contents($filename, $useIncludePath, $context, $offset, $length);
    }

    protected static function phpFilePutContents(string $filename, $data, int $flags = 0, $context = null): int|false
    {
        return file_put_contents($filename, $data, $flags, $context);
    }

    protected static function phpFopen(string $filename, string $mode, bool $useIncludePath = false, $context = null)
    {
        return fopen($filename, $mode, $useIncludePath, $context);
    }

    protected static function phpFwrite($handle, string $data, ?int $length = null): int|false
    {
        return fwrite($handle, $data, $length);
    }

    protected static function phpIsWritable(string $filename): bool
    {
        return is_writable($filename);
    }

    protected static function phpUnlink(string $filename, $context = null): bool
    {
        return unlink($filename, $context);
    }
}
