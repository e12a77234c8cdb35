<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model\Exceptions;

use Phalcon\Mvc\Model\Exception;

/** getModelName() answers neither a class nor classes. */
class InvalidGetModelNameReturn extends Exception
{
    public function __construct()
    {
        parent::__construct('getModelName should return array or string');
    }
}
