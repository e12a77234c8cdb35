<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Application\Exceptions;

use Phalcon\Mvc\Application\Exception;

/** The file of a module's class is not there. */
class ModuleDefinitionPathNotFound extends Exception
{
    public function __construct(string $path)
    {
        parent::__construct("Module definition path '$path' does not exist");
    }
}
