<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** There is no record: no option "model", no entity. */
class UniquenessModelRequired extends Exception
{
    public function __construct()
    {
        parent::__construct('Model of record must be set to property "model"');
    }
}
