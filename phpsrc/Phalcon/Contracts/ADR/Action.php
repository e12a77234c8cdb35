<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR;

/** The one piece of application code that answers a request in an action-domain-responder application. */
interface Action extends Handler
{
}
