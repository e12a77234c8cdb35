<?php

declare(strict_types=1);

namespace Phalcon\Html\Exceptions;

use InvalidArgumentException;

/** A select element's options come from rows that are neither objects nor arrays. */
class InvalidResultsetValue extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Resultset returned an invalid value');
    }
}
