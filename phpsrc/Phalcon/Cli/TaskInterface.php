<?php

declare(strict_types=1);

namespace Phalcon\Cli;

/** Marks the tasks of a command line application. */
interface TaskInterface
{
}
