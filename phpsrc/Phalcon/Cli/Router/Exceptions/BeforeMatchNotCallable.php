<?php

declare(strict_types=1);

namespace Phalcon\Cli\Router\Exceptions;

use Phalcon\Cli\Router\Exception;

/** What a route asks before it matches cannot be called. */
class BeforeMatchNotCallable extends Exception
{
    public function __construct(string $route = '')
    {
        $named = $route === '' ? '' : " '$route'";
        parent::__construct('Before-Match callback is not callable in matched route' . $named);
    }
}
