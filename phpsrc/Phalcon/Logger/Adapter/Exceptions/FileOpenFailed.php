<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter\Exceptions;

use Phalcon\Logger\Exception;

/** A log's file cannot be opened. */
class FileOpenFailed extends Exception
{
    public function __construct(string $name, string $mode)
    {
        parent::__construct("The file '$name' cannot be opened with mode '$mode'");
    }
}
