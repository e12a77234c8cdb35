<?php

declare(strict_types=1);

namespace Phalcon\Autoload\Exceptions;

use Phalcon\Autoload\Exception;

/** What is to tell whether a file is there cannot be called. */
class LoaderMethodNotCallable extends Exception
{
    public function __construct()
    {
        parent::__construct("The 'method' parameter must be either a callable or NULL");
    }
}
