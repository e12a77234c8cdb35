<?php

declare(strict_types=1);

namespace Phalcon\Di\Exceptions;

use Phalcon\Di\Exception;

/** An argument in a definition lacks what its type needs. */
class MissingParameterKey extends Exception
{
    public function __construct(string $key, int $position)
    {
        parent::__construct("Service '$key' is required in parameter on position $position");
    }
}
