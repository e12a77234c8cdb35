<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;

/** Removes HTML and PHP tags. For plain text: what is left is not fit for an attribute of HTML. */
class Striptags implements Sanitizer
{
    public function __invoke(string $input)
    {
        return strip_tags($input);
    }
}
