<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text starts with another one; nothing starts with an empty one. */
class StartsWith extends AbstractStr
{
    public function __invoke(string $haystack, string $needle, bool $ignoreCase = true): bool
    {
        return self::toStartsWith($haystack, $needle, $ignoreCase);
    }
}
