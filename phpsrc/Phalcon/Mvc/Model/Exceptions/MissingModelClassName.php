<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model\Exceptions;

use Phalcon\Mvc\Model\Exception;

/** getModelName() has no class for a parameter. */
class MissingModelClassName extends Exception
{
    public function __construct(string $paramKey)
    {
        parent::__construct("You should provide model class name for $paramKey parameter");
    }
}
