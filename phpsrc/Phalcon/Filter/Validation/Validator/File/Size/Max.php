<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Size;

/** A file no larger than "size", or smaller than it if "included". */
class Max extends Equal
{
    protected $template = 'File :field exceeds the size of :size';

    protected function getConditional(float $source, float $target, bool $included = false)
    {
        return $included ? $target >= $source : $target > $source;
    }
}
