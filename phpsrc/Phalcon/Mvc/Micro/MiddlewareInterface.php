<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Micro;

use Phalcon\Mvc\Micro;

/** What an application calls before, after or at the end of a route's handler. */
interface MiddlewareInterface
{
    public function call(Micro $application);
}
