<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Takes a text, or several, out of the value. */
class Remove implements Sanitizer
{
    public function __invoke($input, $replace)
    {
        return str_replace($replace, '', $input);
    }
}
