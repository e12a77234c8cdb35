<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** Parameters were asked of a definition that has none. */
class DefinitionMustBeArrayForRead extends Exception
{
    public function __construct()
    {
        parent::__construct('Definition must be an array to obtain its parameters');
    }
}
