<?php

declare(strict_types=1);

namespace Phalcon\Acl\Exceptions;

use Phalcon\Acl\Exception;

/** An object that is asked about is no component. */
class InvalidComponentImplementation extends Exception
{
    public function __construct()
    {
        parent::__construct(
            'Object passed as componentName must implement '
            . 'Phalcon\Acl\ComponentAwareInterface or Phalcon\Acl\ComponentInterface'
        );
    }
}
