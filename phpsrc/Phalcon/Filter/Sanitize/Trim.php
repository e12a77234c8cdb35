<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Removes white space and NUL at both ends. */
class Trim implements Sanitizer
{
    public function __invoke(string $input)
    {
        return trim($input);
    }
}
