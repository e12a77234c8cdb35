<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Removes what cannot be in a URL; it does not look at the scheme. */
class Url implements Sanitizer
{
    public function __invoke($input)
    {
        return filter_var($input, FILTER_SANITIZE_URL);
    }
}
