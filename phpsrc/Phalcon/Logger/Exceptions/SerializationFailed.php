<?php

declare(strict_types=1);

namespace Phalcon\Logger\Exceptions;

use Phalcon\Logger\Exception;

/** A log's adapter cannot become text. */
class SerializationFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('This object cannot be serialized');
    }
}
