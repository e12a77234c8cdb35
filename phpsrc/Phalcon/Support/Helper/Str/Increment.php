<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Adds one to the number behind a separator: "file" is "file_1", then "file_2". */
class Increment
{
    public function __invoke(string $text, string $separator = '_'): string
    {
        $parts = explode($separator, $text);

        return $parts[0] . $separator . (isset($parts[1]) ? (int)$parts[1] + 1 : 1);
    }
}
