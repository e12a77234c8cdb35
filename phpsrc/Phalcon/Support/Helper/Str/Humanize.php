<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A text with spaces instead of hyphens and underscores. */
class Humanize
{
    public function __invoke(string $text): string
    {
        return (string)preg_replace('#[_-]+#', ' ', trim($text));
    }
}
