<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text has no capitals. */
class IsLower extends AbstractStr
{
    public function __invoke(string $text, string $encoding = 'UTF-8'): bool
    {
        return $text === self::toLower($text, $encoding);
    }
}
