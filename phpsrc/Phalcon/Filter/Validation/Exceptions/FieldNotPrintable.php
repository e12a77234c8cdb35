<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A field is neither a name nor a list of names. */
class FieldNotPrintable extends Exception
{
    public function __construct()
    {
        parent::__construct('The field can not be printed');
    }
}
