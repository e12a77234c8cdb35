<?php

declare(strict_types=1);

namespace Phalcon\Cli;

use Phalcon\Contracts\Cli\Dispatcher as DispatcherContract;

/** Runs the tasks of a command line application. */
interface DispatcherInterface extends DispatcherContract
{
}
