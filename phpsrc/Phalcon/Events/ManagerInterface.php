<?php

declare(strict_types=1);

namespace Phalcon\Events;

use Phalcon\Contracts\Events\Manager as ManagerContract;

/** Keeps listeners and tells them about events. */
interface ManagerInterface extends ManagerContract
{
}
