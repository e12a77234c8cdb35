<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Model\Exceptions;

use Phalcon\Mvc\Model\Exception;

/** A parameter is a Model of any class, and the handler does not say which. */
class HandlerMustImplementBindable extends Exception
{
    public function __construct()
    {
        parent::__construct(
            'Handler must implement Phalcon\Mvc\Model\Binder\BindableInterface'
            . ' in order to use Phalcon\Mvc\Model as parameter'
        );
    }
}
