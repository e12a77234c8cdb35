<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A text in small letters. */
class Lower extends AbstractStr
{
    public function __invoke(string $text, string $encoding = 'UTF-8'): string
    {
        return self::toLower($text, $encoding);
    }
}
