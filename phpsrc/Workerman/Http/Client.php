<?php

declare(strict_types=1);

namespace Workerman\Http;

use Phalanx\Fiber\Scheduler;
use Phalanx\Fiber\Suspension;
use Phalanx\Http\CallbackClient;
use RuntimeException;
use Throwable;
use Workerman\Coroutine;
use Workerman\Timer;

/**
 * An asynchronous HTTP client: with callbacks, or, in a coroutine and without them, with results.
 * Source: workerman/http-client 3.x, for applications that do not bring it. Differences: docs/http-client.md.
 */
#[\AllowDynamicProperties]
class Client
{
    /** @var array<string, array<int, array{url: string, address: string, options: array<string, mixed>}>> */
    protected array $queue = [];

    /** @var array<string, int> requests under way, by address and proxy */
    private array $using = [];

    private readonly CallbackClient $engine;

    private readonly int $maxConnections;

    /**
     * @param array{max_conn_per_addr?: int, keepalive_timeout?: int, connect_timeout?: int, timeout?: int,
     *     max_body_size?: int, context?: array<string, array<string, mixed>>} $options times in seconds
     */
    public function __construct(array $options = [])
    {
        $this->maxConnections = \max(1, (int)($options['max_conn_per_addr'] ?? 128));
        $this->engine = new CallbackClient($options, $this->maxConnections);
    }

    /**
     * Sends a request. In a coroutine and without $options['success'] it waits for the response; else it answers null
     * and calls back.
     *
     * @param array<string, mixed> $options method, headers, data, version, proxy, allow_redirects; callbacks: success,
     *     error, response (the head is there), progress (a piece of the body is there)
     * @return Response|null
     * @throws Throwable what went wrong, in a coroutine
     */
    public function request(string $url, array $options = []): mixed
    {
        $waits = !isset($options['success']) && Coroutine::isCoroutine();
        try {
            $task = ['url' => $url, 'address' => $this->parseAddress($url), 'options' => $options];
        } catch (Throwable $e) {
            $this->deferError($options, $e);
            if ($waits) {
                throw $e;
            }
            return null;
        }
        if ($waits) {
            return $this->wait($task);
        }
        $this->queue[$task['address']][] = $task;
        $this->process($task['address']);

        return null;
    }

    /**
     * @param ?callable(Response): mixed $success_callback
     * @param ?callable(Throwable): mixed $error_callback
     * @return Response|null
     * @throws Throwable
     */
    public function get($url, $success_callback = null, $error_callback = null): mixed
    {
        return $this->request($url, \array_filter(['success' => $success_callback, 'error' => $error_callback]));
    }

    /**
     * @param array<string, mixed>|string $data
     * @param ?callable(Response): mixed $success_callback
     * @param ?callable(Throwable): mixed $error_callback
     * @return Response|null
     * @throws Throwable
     */
    public function post($url, $data = [], $success_callback = null, $error_callback = null): mixed
    {
        $options = ['data' => $data, 'success' => $success_callback, 'error' => $error_callback];

        return $this->request($url, ['method' => 'POST'] + \array_filter($options));
    }

    /** How many requests wait for a connection: to one address ("tcp://host:port"), or to all. */
    public function queueCount($address = null): int
    {
        return $address !== null
            ? \count($this->queue[$address] ?? [])
            : \array_sum(\array_map(\count(...), $this->queue));
    }

    /** Starts what waits for an address, as far as there is room. */
    public function process($address): void
    {
        foreach ($this->queue[$address] ?? [] as $i => $task) {
            $key = $this->enter($task);
            if ($key === null) {
                continue; // by another proxy there may be room
            }
            unset($this->queue[$address][$i]);
            $this->engine->start($task['url'], $task['options'], function () use ($key, $address): void {
                $this->leave($key, $address);
            });
        }
        if (($this->queue[$address] ?? []) === []) {
            unset($this->queue[$address]);
        }
    }

    /** @return string "tcp://host:port" */
    protected function parseAddress($url): string
    {
        $info = \parse_url($url);
        if (!isset($info['host'])) {
            throw new RuntimeException("invalid url: $url");
        }
        $port = $info['port'] ?? (\str_starts_with($url, 'https') ? 443 : 80);

        return "tcp://{$info['host']}:$port";
    }

    /** Tells the error callback, later. */
    protected function deferError($options, $exception): void
    {
        if (isset($options['error'])) {
            Timer::add(0.000001, $options['error'], [$exception], false);
        }
    }

    /** @param array{url: string, address: string, options: array<string, mixed>} $task */
    private function wait(array $task): Response
    {
        $mayWait = Scheduler::mayWait();
        if ($mayWait && ($this->queue[$task['address']] ?? []) === []) {
            $key = $this->enter($task);
            if ($key !== null) {
                try {
                    return $this->engine->send($task['url'], $task['options']);
                } finally {
                    $this->leave($key, $task['address']);
                }
            }
        }
        $ended = null;
        $suspension = $mayWait ? new Suspension() : null;
        $coroutine = $mayWait ? null : Coroutine::getCurrent(); // of somebody else's loop, such as Revolt's
        $wake = static function (Response|Throwable $result) use (&$ended, $suspension, $coroutine): void {
            $ended = $result;
            $suspension?->wake(null);
            $coroutine?->resume();
        };
        $task['options']['success'] = $wake;
        $task['options']['error'] = $wake;
        $this->queue[$task['address']][] = $task;
        $this->process($task['address']);
        if ($suspension !== null) {
            $suspension->wait();
        } elseif ($ended === null) {
            Coroutine::suspend();
        }
        if ($ended instanceof Response) {
            return $ended;
        }
        throw $ended ?? new RuntimeException('Somebody else has resumed the coroutine');
    }

    /**
     * @param array{url: string, address: string, options: array<string, mixed>} $task
     * @return ?string the key for leave(); null: there is no room
     */
    private function enter(array $task): ?string
    {
        $key = $task['address'] . '#' . ($task['options']['proxy'] ?? '');
        if (($this->using[$key] ?? 0) >= $this->maxConnections) {
            return null;
        }
        $this->using[$key] = ($this->using[$key] ?? 0) + 1;

        return $key;
    }

    private function leave(string $key, string $address): void
    {
        if (--$this->using[$key] === 0) {
            unset($this->using[$key]);
        }
        if (isset($this->queue[$address])) {
            $this->process($address);
        }
    }
}
