<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** The digits and signs of the text as a whole number. */
class IntVal implements Sanitizer
{
    public function __invoke($input)
    {
        return (int) filter_var($input, FILTER_SANITIZE_NUMBER_INT);
    }
}
