<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use Throwable;
use Workerman\Coroutine;

/** Runs callables side by side and collects what they return. Source: workerman/coroutine 1.1.4. */
class Parallel
{
    protected ?Channel $channel = null;

    /** @var array<callable(): mixed> */
    protected array $callbacks = [];

    protected array $results = [];

    /** @var array<Throwable> */
    protected array $exceptions = [];

    /** @param int $concurrent how many run at a time; less than 1: all */
    public function __construct(int $concurrent = -1)
    {
        if ($concurrent > 0) {
            $this->channel = new Channel($concurrent);
        }
    }

    public function add(callable $callable, ?string $key = null): void
    {
        if ($key === null) {
            $this->callbacks[] = $callable;
        } else {
            $this->callbacks[$key] = $callable;
        }
    }

    /**
     * Runs them all and waits for them; outside a coroutine nothing can wait, and what is not done is missing.
     *
     * @return array what they have returned, in the order of add(); those that threw are in getExceptions()
     */
    public function wait(): array
    {
        $this->results = $this->exceptions = [];
        $running = new WaitGroup(); // no barrier: an exception's trace may hold it
        foreach ($this->callbacks as $key => $callback) {
            $this->channel?->push(true);
            $running->add();
            Coroutine::create(function () use ($callback, $key, $running): void {
                try {
                    $this->results[$key] = $callback();
                } catch (Throwable $e) {
                    $this->exceptions[$key] = $e;
                } finally {
                    $this->channel?->pop(0);
                    $running->done();
                }
            });
        }
        $running->wait();
        $ordered = [];
        foreach ($this->callbacks as $key => $_) {
            if (\array_key_exists($key, $this->results)) {
                $ordered[$key] = $this->results[$key];
            }
        }

        return $this->results = $ordered;
    }

    /** @return array<Throwable> by the key of the callable */
    public function getExceptions(): array
    {
        return $this->exceptions;
    }
}
