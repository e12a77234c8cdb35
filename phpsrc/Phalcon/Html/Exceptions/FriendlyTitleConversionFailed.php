<?php

declare(strict_types=1);

namespace Phalcon\Html\Exceptions;

use Phalcon\Html\Exception;

/** A title cannot be made friendly. */
class FriendlyTitleConversionFailed extends Exception
{
    public function __construct(string $message)
    {
        parent::__construct($message);
    }
}
