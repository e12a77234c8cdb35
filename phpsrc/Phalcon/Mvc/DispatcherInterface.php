<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

use Phalcon\Contracts\Mvc\Dispatcher as DispatcherContract;

/** Runs the controllers of a web application. */
interface DispatcherInterface extends DispatcherContract
{
}
