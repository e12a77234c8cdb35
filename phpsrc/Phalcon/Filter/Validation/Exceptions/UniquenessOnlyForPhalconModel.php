<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The record is no model. */
class UniquenessOnlyForPhalconModel extends Exception
{
    public function __construct()
    {
        parent::__construct('The uniqueness validator works only with Phalcon\\Mvc\\Model');
    }
}
