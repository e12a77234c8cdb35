<?php

declare(strict_types=1);

namespace Phalcon\Events;

use Phalcon\Contracts\Events\Event as EventContract;

/** Something that happened. */
interface EventInterface extends EventContract
{
}
