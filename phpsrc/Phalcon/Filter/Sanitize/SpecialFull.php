<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Writes quotes, <, > and & as HTML entities. */
class SpecialFull implements Sanitizer
{
    public function __invoke($input)
    {
        return filter_var($input, FILTER_SANITIZE_FULL_SPECIAL_CHARS);
    }
}
