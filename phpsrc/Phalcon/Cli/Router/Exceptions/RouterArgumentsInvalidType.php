<?php

declare(strict_types=1);

namespace Phalcon\Cli\Router\Exceptions;

use Phalcon\Cli\Router\Exception;

/** The arguments to route by are neither an array nor a string. */
class RouterArgumentsInvalidType extends Exception
{
    public function __construct(string $type = '')
    {
        parent::__construct('Arguments must be an array or string' . ($type === '' ? '' : ", $type given"));
    }
}
