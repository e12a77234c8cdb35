<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** A file's name does not say what is in it. */
class MissingFileExtension extends Exception
{
    public function __construct()
    {
        parent::__construct('You need to provide the extension in the file path');
    }
}
