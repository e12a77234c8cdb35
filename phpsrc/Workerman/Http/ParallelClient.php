<?php

declare(strict_types=1);

namespace Workerman\Http;

use Throwable;
use Workerman\Coroutine\Parallel;

/** Requests that run side by side, and whose results are waited for together, in a coroutine. Source: see Client. */
#[\AllowDynamicProperties]
class ParallelClient extends Client
{
    protected Parallel $parallel;

    /** @param array<string, mixed> $options as for Client; concurrent: how many requests at a time, -1: all */
    public function __construct(array $options = [])
    {
        $this->parallel = new Parallel($options['concurrent'] ?? -1);
        parent::__construct($options);
    }

    /** @param array<string, mixed> $options of request() */
    public function push(string $url, array $options = []): void
    {
        $this->parallel->add(fn (): mixed => $this->request($url, $options));
    }

    /** @param array<array{0: string, 1?: array<string, mixed>}> $requests */
    public function batch(array $requests): void
    {
        foreach ($requests as $key => $request) {
            $this->parallel->add(fn (): mixed => $this->request($request[0], $request[1] ?? []), (string)$key);
        }
    }

    /**
     * Waits for all.
     *
     * @param bool $errorThrow the first error is thrown
     * @return array<array{bool, Response|Throwable}> under the keys of batch()
     * @throws Throwable
     */
    public function await(bool $errorThrow = false): array
    {
        $results = $this->parallel->wait();
        $errors = $this->parallel->getExceptions();
        if ($errorThrow && $errors !== []) {
            throw \reset($errors);
        }
        $ended = [];
        foreach ($results as $key => $response) {
            $ended[$key] = [true, $response];
        }
        foreach ($errors as $key => $error) {
            $ended[$key] = [false, $error];
        }
        \ksort($ended);

        return $ended;
    }
}
