<?php

declare(strict_types=1);

namespace Phalcon\Filter\Exceptions;

use Phalcon\Filter\Exception;

/** There is no sanitizer of this name. */
class FilterNotRegistered extends Exception
{
    public function __construct(string $name)
    {
        parent::__construct("Filter $name is not registered");
    }
}
