<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** The calls or properties of a definition are no array. */
class SetterParametersMustBeArray extends Exception
{
    public function __construct()
    {
        parent::__construct('Setter injection parameters must be an array');
    }
}
