<?php

declare(strict_types=1);

namespace Phalcon\Flash\Exceptions;

use Phalcon\Flash\Exception;

/** There is no escaper to make messages harmless. */
class EscaperServiceUnavailable extends Exception
{
    public function __construct()
    {
        parent::__construct("The 'escaper' service is not available (no container, or service not registered)");
    }
}
