<?php

declare(strict_types=1);

namespace Phalcon\Logger\Exceptions;

use Phalcon\Logger\Exception;

/** A logger has no adapter of that name. */
class AdapterNotFound extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Adapter does not exist for this logger: $name");
    }
}
