<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A validator is no object. */
class InvalidValidator extends Exception
{
    public function __construct()
    {
        parent::__construct('One of the validators is not valid');
    }
}
