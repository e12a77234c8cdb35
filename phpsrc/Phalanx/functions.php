<?php

declare(strict_types=1);

namespace Phalanx;

use Phalanx\Fiber\Tasks;

/*
 * The phalanx binary has these functions itself; here they are for tools that run on another PHP.
 */
if (!\function_exists('Phalanx\async')) {
    function async(callable $callback, mixed ...$args): Task
    {
        return Tasks::async($callback, ...$args);
    }

    function await(Task $task): mixed
    {
        return Tasks::await($task);
    }

    /**
     * @param iterable<Task|callable> $tasks
     * @return array<mixed>
     */
    function all(iterable $tasks): array
    {
        return Tasks::all($tasks);
    }

    /** @param iterable<Task|callable> $tasks */
    function any(iterable $tasks): mixed
    {
        return Tasks::any($tasks);
    }

    /** @param iterable<Task|callable> $tasks */
    function race(iterable $tasks): mixed
    {
        return Tasks::race($tasks);
    }

    function timeout(float $seconds, callable $callback, mixed ...$args): mixed
    {
        return Tasks::timeout($seconds, $callback, ...$args);
    }
}
