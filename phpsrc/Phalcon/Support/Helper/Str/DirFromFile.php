<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\DirFromFileTrait;

/** Spreads files over folders by the letters of their names: "abcdef.jpg" goes to "ab/cd/". */
class DirFromFile
{
    use DirFromFileTrait;


    public function __invoke(string $file): string
    {
        return self::toDirFromFile($file);
    }
}
