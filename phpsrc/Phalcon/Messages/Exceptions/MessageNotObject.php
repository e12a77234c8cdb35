<?php

declare(strict_types=1);

namespace Phalcon\Messages\Exceptions;

use Phalcon\Messages\Exception;

/** A list of messages was given something else. */
class MessageNotObject extends Exception
{
    public function __construct()
    {
        parent::__construct('The message must be an instance of MessageInterface');
    }
}
