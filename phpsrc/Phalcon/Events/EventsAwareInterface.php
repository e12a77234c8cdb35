<?php

declare(strict_types=1);

namespace Phalcon\Events;

use Phalcon\Contracts\Events\EventsAware;

/** An object that tells an events manager what it does. */
interface EventsAwareInterface extends EventsAware
{
}
