<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** A configuration file is not there or cannot be read. */
class CannotLoadConfigFile extends Exception
{
    private string $fileName;

    public function __construct(string $fileName)
    {
        $this->fileName = $fileName;
        parent::__construct("Configuration file $fileName cannot be loaded");
    }

    public function getFileName(): string
    {
        return $this->fileName;
    }
}
