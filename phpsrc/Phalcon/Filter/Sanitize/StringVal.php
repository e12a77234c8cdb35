<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Writes quotes, <, > and & as HTML entities; bytes that are not UTF-8 become U+FFFD. */
class StringVal implements Sanitizer
{
    /** $flags as for htmlspecialchars(): 11 is ENT_QUOTES | ENT_SUBSTITUTE. */
    public function __invoke(string $input, int $flags = 11): string
    {
        return htmlspecialchars($input, $flags);
    }
}
