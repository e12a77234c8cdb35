<?php

declare(strict_types=1);

namespace Phalcon\Events\Exceptions;

use Phalcon\Events\Exception;

/** A listener stopped an event that was fired as not cancelable. */
class EventNotCancelable extends Exception
{
    public function __construct()
    {
        parent::__construct('Trying to cancel a non-cancelable event');
    }
}
