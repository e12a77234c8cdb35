<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Sanitize;

use Phalcon\Contracts\Filter\Sanitizer;
use Phalcon\Traits\Php\MbCaseTrait;

/** Makes all letters small; the text is UTF-8. */
class Lower implements Sanitizer
{
    use MbCaseTrait;

    public function __invoke(string $input)
    {
        return $this->phpMbConvertCase($input, MB_CASE_LOWER);
    }
}
