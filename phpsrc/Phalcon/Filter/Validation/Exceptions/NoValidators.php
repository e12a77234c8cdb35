<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The validators are no list. */
class NoValidators extends Exception
{
    public function __construct()
    {
        parent::__construct('There are no validators to validate');
    }
}
