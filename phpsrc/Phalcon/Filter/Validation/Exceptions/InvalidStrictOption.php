<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The option is no bool. */
class InvalidStrictOption extends Exception
{
    public function __construct()
    {
        parent::__construct("Option 'strict' must be a bool");
    }
}
