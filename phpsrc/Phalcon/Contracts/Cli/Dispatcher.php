<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Cli;

use Phalcon\Cli\TaskInterface;
use Phalcon\Contracts\Dispatcher\Dispatcher as DispatcherDispatcher;

/** Runs the tasks of a command line application. */
interface Dispatcher extends DispatcherDispatcher
{
    public function getActiveTask(): TaskInterface;

    public function getLastTask(): TaskInterface;

    public function getOptions(): array;

    public function getTaskName(): string;

    public function getTaskSuffix(): string;

    public function setDefaultTask(string $taskName): void;

    public function setOptions(array $options): void;

    public function setTaskName(string $taskName): void;

    public function setTaskSuffix(string $taskSuffix): void;
}
