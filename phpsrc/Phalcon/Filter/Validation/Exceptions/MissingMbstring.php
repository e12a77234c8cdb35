<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** The case of letters is to be ignored, and PHP has no mbstring. */
class MissingMbstring extends Exception
{
    public function __construct()
    {
        parent::__construct("Extension 'mbstring' is required");
    }
}
