<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Router\Exceptions;

use Phalcon\Mvc\Router\Exception;

/** The paths of a route have a key that is no string. */
class WrongPathsKey extends Exception
{
    public function __construct(string $part)
    {
        parent::__construct("Wrong key in paths: $part");
    }
}
