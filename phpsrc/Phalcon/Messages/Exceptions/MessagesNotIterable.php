<?php

declare(strict_types=1);

namespace Phalcon\Messages\Exceptions;

use Phalcon\Messages\Exception;

/** Messages::appendMessages() was given what cannot be gone through. */
class MessagesNotIterable extends Exception
{
    public function __construct()
    {
        parent::__construct('The messages must be iterable');
    }
}
