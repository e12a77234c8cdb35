<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** An alias is no string. */
class AliasNameMustBeString extends Exception
{
    public function __construct()
    {
        parent::__construct('Alias name must be a string');
    }
}
