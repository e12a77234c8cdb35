<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Whether a text ends with another one; nothing ends with an empty one. */
class EndsWith extends AbstractStr
{
    public function __invoke(string $haystack, string $needle, bool $ignoreCase = true): bool
    {
        return self::toEndsWith($haystack, $needle, $ignoreCase);
    }
}
