<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Makes the first letter small, and the others large if asked. */
class Decapitalize extends AbstractStr
{
    public function __invoke(string $text, bool $upperRest = false, string $encoding = 'UTF-8'): string
    {
        $rest = mb_substr($text, 1);
        if ($upperRest) {
            $rest = self::toUpper($rest, $encoding);
        }

        return self::toLower(mb_substr($text, 0, 1), $encoding) . $rest;
    }
}
