<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Cli;

use Phalcon\Cli\TaskInterface;
use Phalcon\Contracts\Dispatcher\Dispatcher as DispatcherDispatcher;

/** Runs the tasks of a command line application. */
interface Dispatcher extends DispatcherDispatcher
{
    /** @return TaskInterface|null or what else was found under the name */
    public function getActiveTask();

    /** @return TaskInterface|null or what else was found under the name */
    public function getLastTask();

    public function getOptions(): array;

    public function getTaskName(): string;

    public function getTaskSuffix(): string;

    public function setDefaultTask(string $taskName): void;

    public function setOptions(array $options): void;

    public function setTaskName(string $taskName): void;

    public function setTaskSuffix(string $taskSuffix): void;
}
