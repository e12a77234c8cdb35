<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** A listener is neither an object nor callable. */
class InvalidEventHandler extends Exception
{
    public function __construct()
    {
        parent::__construct('Event handler must be an Object or Callable');
    }
}
