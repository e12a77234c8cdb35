<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** An alias names something else already. */
class AliasAlreadyInUse extends Exception
{
    public function __construct(string $alias)
    {
        parent::__construct("Alias '$alias' is already in use by an existing service");
    }
}
