<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** A rule is about an access that the component does not have. */
class AccessRuleNotFound extends Exception
{
    public function __construct(string $accessName, string $componentName)
    {
        parent::__construct("Access '$accessName' does not exist in component '$componentName'");
    }
}
