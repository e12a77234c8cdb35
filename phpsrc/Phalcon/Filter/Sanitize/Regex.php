<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Replaces what the regular expression matches. */
class Regex implements Sanitizer
{
    public function __invoke($input, $pattern, $replace)
    {
        return preg_replace($pattern, $replace, $input);
    }
}
