<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Removes all but ASCII letters. */
class Alpha implements Sanitizer
{
    public function __invoke($input)
    {
        return preg_replace('/[^A-Za-z]/', '', $input);
    }
}
