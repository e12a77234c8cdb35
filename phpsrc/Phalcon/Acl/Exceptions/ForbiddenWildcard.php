<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A role or component is named "*". */
class ForbiddenWildcard extends Exception
{
    public function __construct(string $elementType)
    {
        parent::__construct("The $elementType name cannot be '*'");
    }
}
