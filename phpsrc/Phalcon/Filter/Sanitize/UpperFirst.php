<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Makes the first ASCII letter a capital. */
class UpperFirst implements Sanitizer
{
    public function __invoke(string $input)
    {
        return ucfirst($input);
    }
}
