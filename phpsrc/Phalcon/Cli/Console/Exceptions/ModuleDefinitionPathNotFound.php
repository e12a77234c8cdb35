<?php

declare(strict_types=1);

namespace Phalcon\Cli\Console\Exceptions;

use Phalcon\Cli\Console\Exception;

/** The file of a module's class is not there. */
class ModuleDefinitionPathNotFound extends Exception
{
    public function __construct(string $path)
    {
        parent::__construct("Module definition path '$path' does not exist");
    }
}
