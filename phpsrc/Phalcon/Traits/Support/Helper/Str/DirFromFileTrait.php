<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Spreads files over folders by the letters of their names: "abcdef.jpg" goes to "ab/cd/". */
trait DirFromFileTrait
{
    protected static function toDirFromFile(string $file, bool $filesystemSafe = false): string
    {
        $name = pathinfo($file, PATHINFO_FILENAME);
        $start = mb_substr($name, 0, -2);
        if ($filesystemSafe) {
            $start = str_replace('.', '-', $start);
        }
        if (!$start) {
            $start = mb_substr($name, 0, 1);
        }

        return implode('/', mb_str_split($start, 2)) . '/';
    }
}
