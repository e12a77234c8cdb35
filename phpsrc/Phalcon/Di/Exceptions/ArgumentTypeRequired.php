<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** An argument in a definition has no type. */
class ArgumentTypeRequired extends Exception
{
    public function __construct(int $position)
    {
        parent::__construct("Argument at position $position must have a type");
    }
}
