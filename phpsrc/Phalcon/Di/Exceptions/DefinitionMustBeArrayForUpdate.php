<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** Parameters were given to a definition that can have none. */
class DefinitionMustBeArrayForUpdate extends Exception
{
    public function __construct()
    {
        parent::__construct('Definition must be an array to update its parameters');
    }
}
