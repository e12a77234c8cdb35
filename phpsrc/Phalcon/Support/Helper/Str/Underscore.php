<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Underscores for spaces. */
class Underscore
{
    public function __invoke(string $text): string
    {
        return (string)preg_replace('#\s+#', '_', trim($text));
    }
}
