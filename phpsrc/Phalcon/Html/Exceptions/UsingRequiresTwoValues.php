<?php

declare(strict_types=1);

namespace Phalcon\Html\Exceptions;

use InvalidArgumentException;

/** A select element's options need a field for the value and one for the text. */
class UsingRequiresTwoValues extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct("The 'using' parameter requires exactly two values");
    }
}
