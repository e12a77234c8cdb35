<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Replaces a text, or several, in the value. */
class Replace implements Sanitizer
{
    public function __invoke($input, $from, $to)
    {
        return str_replace($from, $to, $input);
    }
}
