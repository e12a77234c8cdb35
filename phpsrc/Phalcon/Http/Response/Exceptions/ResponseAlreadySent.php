<?php

declare(strict_types=1);

namespace Phalcon\Http\Response\Exceptions;

use Phalcon\Http\Response\Exception;

/** The response was sent before. */
class ResponseAlreadySent extends Exception
{
    public function __construct()
    {
        parent::__construct('Response was already sent');
    }
}
