<?php

declare(strict_types=1);

namespace Phalcon\Autoload\Exceptions;

use Phalcon\Autoload\Exception;

/** Directories are neither a string nor an array. */
class LoaderDirectoriesNotArray extends Exception
{
    public function __construct(string $name = '')
    {
        $of = $name === '' ? '' : " for the '$name' namespace";
        parent::__construct('The directories parameter is not a string or array' . $of);
    }
}
