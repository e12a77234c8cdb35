<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;
use Generator;
use InvalidArgumentException;
use Iterator;
use IteratorIterator;
use ArrayIterator;
use Phalanx\Fiber\Scheduler;
use Phalanx\Fiber\Suspension;
use Phalanx\Task;
use SplQueue;
use Throwable;

/**
 * Many requests, some at a time: so many Fibers, each of which takes the next request when it has an answer.
 *
 * @internal
 */
final class RequestPool
{
    private readonly Iterator $requests;

    /** @var SplQueue<array{mixed, Response|Throwable}> */
    private readonly SplQueue $ended;

    /** @var list<Task> */
    private array $tasks = [];

    /** Wakes who waits for results. */
    private ?Closure $wake = null;

    private ?Throwable $broken = null;

    /** @param iterable<Request|string|callable(Client): Response> $requests */
    public function __construct(private readonly Client $client, iterable $requests, private readonly int $concurrency)
    {
        if ($concurrency < 1) {
            throw new InvalidArgumentException('At least one request at a time');
        }
        $this->requests = match (true) {
            $requests instanceof Iterator => $requests,
            \is_array($requests) => new ArrayIterator($requests),
            default => new IteratorIterator($requests),
        };
        $this->ended = new SplQueue();
    }

    /** @return Generator<mixed, Response|Throwable> */
    public function results(): Generator
    {
        $this->requests->rewind();
        try {
            while (\count($this->tasks) < $this->concurrency && $this->requests->valid()) {
                $this->tasks[] = Task::start($this->work(...));
            }
            while (true) {
                while (!$this->ended->isEmpty()) {
                    [$key, $result] = $this->ended->dequeue();
                    yield $key => $result;
                }
                if ($this->broken !== null) {
                    throw $this->broken;
                }
                if (\array_filter($this->tasks, static fn (Task $task): bool => !$task->isDone()) === []) {
                    return;
                }
                $this->wait();
            }
        } finally {
            $left = false;
            foreach ($this->tasks as $task) {
                $left = $task->cancel() || $left;
            }
            if ($left) {
                Scheduler::settle();
            }
        }
    }

    /** Takes requests until there is none. */
    private function work(): void
    {
        try {
            while ($this->requests->valid()) {
                $key = $this->requests->key();
                $request = $this->requests->current();
                $this->requests->next();
                try {
                    $result = match (true) {
                        $request instanceof Request => $this->client->send($request),
                        \is_string($request) => $this->client->get($request),
                        default => $request($this->client),
                    };
                } catch (Throwable $e) {
                    $result = $e;
                }
                $this->ended->enqueue([$key, $result]);
                $this->signal();
            }
        } catch (Throwable $e) { // of the iterator
            $this->broken ??= $e;
        }
        $this->signal();
    }

    private function signal(): void
    {
        $wake = $this->wake;
        $this->wake = null;
        if ($wake !== null) {
            $wake();
        }
    }

    private function wait(): void
    {
        if (Scheduler::mayWait()) {
            $suspension = new Suspension();
            $this->wake = static fn (): bool => $suspension->wake(null);
            $suspension->wait();
            return;
        }
        // In a plain script the loop runs meanwhile; elsewhere Task says why that cannot be.
        Task::awaitAny($this->tasks, 0.0);
        if (!$this->ended->isEmpty() || $this->broken !== null) {
            return;
        }
        $this->wake = \phalanx_loop_stop(...);
        while ($this->wake !== null) {
            \phalanx_loop_run();
        }
    }
}
