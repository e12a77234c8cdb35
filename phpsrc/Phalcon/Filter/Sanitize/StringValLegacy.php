<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Leaves the value alone, as upstream does from PHP 8.1 on: it is no protection. */
class StringValLegacy implements Sanitizer
{
    public function __invoke($input)
    {
        return $input;
    }
}
