<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Ends a folder's name with exactly one separator. */
trait DirSeparatorTrait
{
    protected static function toDirSeparator(string $directory): string
    {
        return rtrim($directory, DIRECTORY_SEPARATOR) . DIRECTORY_SEPARATOR;
    }
}
