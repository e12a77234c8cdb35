<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** A definition names no class. */
class MissingClassNameParameter extends Exception
{
    public function __construct()
    {
        parent::__construct("Invalid service definition. Missing 'className' parameter");
    }
}
