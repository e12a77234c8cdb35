<?php

declare(strict_types=1);

namespace Phalcon\Dispatcher;

use Phalcon\Contracts\Dispatcher\Dispatcher;

/** What all dispatchers have in common. */
interface DispatcherInterface extends Dispatcher
{
}
