<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The option "convert" gave no array. */
class UniquenessConversionMustBeArray extends Exception
{
    public function __construct()
    {
        parent::__construct('Value conversion must return an array');
    }
}
