<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Takes one from the number behind a separator, and drops it at zero: "file_2" is "file_1", then "file". */
class Decrement
{
    public function __invoke(string $text, string $separator = '_'): string
    {
        $parts = explode($separator, $text);
        if (!isset($parts[1])) {
            return $parts[0] . $separator . 0;
        }
        $number = (int)$parts[1] - 1;

        return $number <= 0 ? $parts[0] : $parts[0] . $separator . $number;
    }
}
