<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\DirSeparatorTrait;

/** Ends a folder's name with exactly one separator. */
class DirSeparator
{
    use DirSeparatorTrait;


    public function __invoke(string $directory): string
    {
        return self::toDirSeparator($directory);
    }
}
