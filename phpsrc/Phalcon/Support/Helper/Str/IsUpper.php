<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text has no small letters. */
class IsUpper extends AbstractStr
{
    public function __invoke(string $text, string $encoding = 'UTF-8'): bool
    {
        return $text === self::toUpper($text, $encoding);
    }
}
