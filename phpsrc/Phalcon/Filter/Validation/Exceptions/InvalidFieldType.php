<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A field is neither a name nor a list of names. */
class InvalidFieldType extends Exception
{
    public function __construct()
    {
        parent::__construct('Field must be passed as array of fields or string');
    }
}
