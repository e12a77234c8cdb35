<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** What stands between two strings where they come first. */
class FirstBetween
{
    public function __invoke(string $text, string $start, string $end): string
    {
        $behind = mb_strstr($text, $start);
        $between = $behind === false ? false : mb_strstr($behind, $end, true);

        return $between === false ? '' : trim($between, $start . $end);
    }
}
