<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\File;

/** The last part of a path, without a suffix. Unlike basename() it does not depend on the locale. */
class Basename
{
    public function __invoke(string $uri, ?string $suffix = null): string
    {
        $path = rtrim($uri, DIRECTORY_SEPARATOR);
        $separator = strrpos($path, DIRECTORY_SEPARATOR);
        $name = $separator === false ? $path : substr($path, $separator + 1);

        return (string)$suffix !== '' && str_ends_with($name, $suffix) ? substr($name, 0, -strlen($suffix)) : $name;
    }
}
