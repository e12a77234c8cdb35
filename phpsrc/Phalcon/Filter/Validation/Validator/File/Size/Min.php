<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\File\Size;

/** A file no smaller than "size", or larger than it if "included". */
class Min extends Equal
{
    protected $template = 'File :field can not have the minimum size of :size';

    protected function getConditional(float $source, float $target, bool $included = false)
    {
        return $included ? $target <= $source : $target < $source;
    }
}
