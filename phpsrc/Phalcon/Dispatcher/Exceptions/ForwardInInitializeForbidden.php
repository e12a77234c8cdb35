<?php

declare(strict_types=1);

namespace Phalcon\Dispatcher\Exceptions;

use Phalcon\Dispatcher\Exception;

/** A handler's initialize() called forward(). */
class ForwardInInitializeForbidden extends Exception
{
    public function __construct()
    {
        parent::__construct("Forwarding inside a controller's initialize() method is forbidden");
    }
}
