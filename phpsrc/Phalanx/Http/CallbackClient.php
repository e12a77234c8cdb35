<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;
use Phalanx\Fiber\Scheduler;
use Phalanx\Fiber\Suspension;
use Phalanx\Http\Exception\ConnectException;
use Phalanx\Http\Exception\HttpException;
use Phalanx\Http\Exception\RedirectException;
use Phalanx\Http\Exception\TimeoutException;
use RuntimeException;
use Stringable;
use Throwable;
use Workerman\Http\Response as WorkermanResponse;

/**
 * What Workerman\Http\Client does, on the engine: requests wait in Fibers of their own, and callbacks are called by the
 * loop, as those of connections are.
 *
 * @internal
 */
final class CallbackClient
{
    /** Fibers that wait for a next request. */
    private const MAX_IDLE = 64;

    private const MAX_BODY = 268435456;

    /** Codes of upstream's exceptions. */
    private const CONNECT_FAILED = 1;
    private const READ_TIMEOUT = 128;

    private readonly Transport $transport;

    private readonly int $timeout;

    private readonly int $connectTimeout;

    /** @var list<Suspension> */
    private static array $idle = [];

    /** @var list<array{callable, list<mixed>, ?Suspension}> callbacks that the loop is to call */
    private static array $ready = [];

    private static bool $armed = false;

    /** @param array<string, mixed> $options of Workerman\Http\Client */
    public function __construct(array $options, int $maxConnections)
    {
        $this->timeout = (int)($options['timeout'] ?? 30);
        $this->connectTimeout = (int)($options['connect_timeout'] ?? 30);
        $ssl = $options['context']['ssl'] ?? [];
        $settings = [
            'timeout' => (float)$this->timeout,
            'idleTimeout' => (float)$this->timeout,
            'connectTimeout' => (float)$this->connectTimeout,
            'tlsTimeout' => (float)$this->connectTimeout,
            'keepAlive' => (float)($options['keepalive_timeout'] ?? 15),
            'maxConnectionsPerHost' => $maxConnections,
            'maxIdlePerHost' => $maxConnections,
            'maxBytes' => (int)($options['max_body_size'] ?? self::MAX_BODY),
            'decompress' => false,
            'redirects' => 5,
            'version' => '1.1',
            'proxy' => (string)($options['context']['http']['proxy'] ?? ''),
            'headers' => ['User-Agent', 'workerman/http-client'],
            'verify' => (bool)($ssl['verify_peer'] ?? false),
            'serverName' => (string)($ssl['peer_name'] ?? ''),
        ];
        foreach (['cafile' => 'caFile', 'local_cert' => 'certFile', 'local_pk' => 'keyFile'] as $from => $to) {
            if (isset($ssl[$from])) {
                $settings[$to] = Body::readable($ssl[$from]);
            }
        }
        $this->transport = new Transport(...$settings);
    }

    /**
     * Starts a request. Its callbacks are called by the loop.
     *
     * @param array<string, mixed> $options of Workerman\Http\Client::request()
     * @param Closure(): void $ended is called before the callbacks
     */
    public function start(string $url, array $options, Closure $ended): void
    {
        self::inFiber(function () use ($url, $options, $ended): void {
            try {
                $result = $this->send($url, $options);
                $callback = $options['success'] ?? null;
            } catch (Throwable $e) {
                $result = $e;
                $callback = $options['error'] ?? null;
            }
            $ended();
            if ($callback !== null) {
                self::later($callback, [$result], null);
            }
        });
    }

    /**
     * Sends a request and waits for the response, in a Fiber that may wait.
     *
     * @param array<string, mixed> $options
     * @throws Throwable
     */
    public function send(string $url, array $options): WorkermanResponse
    {
        $method = \strtoupper((string)($options['method'] ?? 'GET'));
        [$url, $request] = self::prepare($method, $url, $options);
        try {
            try {
                $reply = $this->transport->send($method, $url, $request);
            } catch (RedirectException $e) {
                // Upstream's answer is then the last redirect.
                $last = $e->getResponse() ?? throw $e;
                $headers = $last->headers();

                return new WorkermanResponse($last->status, $headers, '', $last->version, $last->reason);
            }
            $stream = $reply['stream'];
            $response = self::response($reply);
            if (isset($options['response'])) {
                self::call($options['response'], [$response]);
            }
            if ($stream !== null) {
                $body = $response->getBody();
                while (($piece = $stream->read(65536)) !== null) {
                    if (isset($options['progress'])) {
                        self::call($options['progress'], [$piece]);
                    }
                    $body->write($piece);
                }
            }

            return $response;
        } catch (HttpException $e) {
            throw $this->failure($e);
        }
    }

    /**
     * @param array<string, mixed> $options
     * @return array{string, array<string, mixed>}
     */
    private static function prepare(string $method, string $url, array $options): array
    {
        $request = ['headers' => []];
        $type = null;
        $data = $options['data'] ?? '';
        if ($data || $data === '0' || $data === 0) {
            if (\in_array($method, ['POST', 'PUT', 'PATCH', 'DELETE'], true)) {
                [$body, $type] = self::body($data);
                $request['body'] = $body;
            } else {
                $options['query'] = $data;
            }
        }
        $query = $options['query'] ?? '';
        if ($query || $query === '0') {
            $url = self::withQuery($url, $query);
        }
        foreach ($options['headers'] ?? [] as $name => $values) {
            if (\strcasecmp((string)$name, 'Content-Type') === 0) {
                $type = null;
            }
            foreach (\is_array($values) ? $values : [$values] as $value) {
                \array_push($request['headers'], (string)$name, (string)$value);
            }
        }
        if ($type !== null) {
            \array_push($request['headers'], 'Content-Type', $type);
        }
        if (($options['proxy'] ?? '') !== '') {
            $request['proxy'] = (string)$options['proxy'];
        }
        if (isset($options['allow_redirects']['max'])) {
            $request['redirects'] = \max(0, (int)$options['allow_redirects']['max']);
        }
        if (isset($options['progress']) || isset($options['response'])) {
            $request['stream'] = true;
        }

        return [$url, $request];
    }

    /** @return array{string, string} the body and its type */
    private static function body(mixed $data): array
    {
        $type = 'application/x-www-form-urlencoded';
        if (\is_array($data) && isset($data['multipart'])) {
            $data = new \Workerman\Psr7\MultipartStream($data['multipart']);
            $type = 'multipart/form-data; boundary=' . $data->getBoundary();
        } elseif (\is_array($data)) {
            $data = \http_build_query($data, '', '&');
        }
        if ($data instanceof Stringable) {
            $data = (string)$data;
        }

        return [(string)$data, $type];
    }

    private static function withQuery(string $url, mixed $query): string
    {
        $url = \explode('#', $url, 2)[0];
        [$path, $text] = \explode('?', $url, 2) + [1 => ''];
        \parse_str($text, $there);
        if (!\is_array($query)) {
            \parse_str((string)$query, $query);
        }

        return $path . '?' . \http_build_query(\array_merge($there, $query), '', '&', PHP_QUERY_RFC3986);
    }

    /** @param array<string, mixed> $reply of the engine */
    private static function response(array $reply): WorkermanResponse
    {
        $headers = [];
        for ($i = 0, $n = \count($reply['headers']); $i < $n; $i += 2) {
            $headers[$reply['headers'][$i]][] = $reply['headers'][$i + 1];
        }
        if ($reply['chunked']) {
            $headers['Transfer-Encoding'] = ['chunked'];
        }

        return new WorkermanResponse($reply['status'], $headers, $reply['body'], $reply['version'], $reply['reason']);
    }

    private function failure(HttpException $e): RuntimeException
    {
        $host = \parse_url($e->getUrl(), PHP_URL_HOST);
        if ($e instanceof TimeoutException) {
            [$what, $seconds, $code] = $e->isBeforeRequest()
                ? ['connect', $this->connectTimeout, self::CONNECT_FAILED]
                : ['read', $this->timeout, self::READ_TIMEOUT];

            return new RuntimeException("$what $host timeout after $seconds seconds", $code, $e);
        }

        return new RuntimeException($e->getMessage(), $e instanceof ConnectException ? self::CONNECT_FAILED : 0, $e);
    }

    /** Runs a job in a Fiber; one that has done its job takes the next. No callback of the application runs in it. */
    private static function inFiber(Closure $job): void
    {
        $idle = \array_pop(self::$idle);
        if ($idle !== null) {
            $idle->wake($job);
            return;
        }
        Scheduler::spawn(static function () use ($job): void {
            while (true) {
                $job();
                if (\count(self::$idle) >= self::MAX_IDLE) {
                    return;
                }
                self::$idle[] = $next = new Suspension();
                $job = null; // what it holds is not needed while the Fiber waits
                $job = $next->wait();
            }
        });
    }

    /**
     * Has the loop call back, and waits until it has.
     *
     * @param list<mixed> $args
     */
    private static function call(callable $callback, array $args): void
    {
        $called = new Suspension();
        self::later($callback, $args, $called);
        $called->wait();
    }

    /** @param list<mixed> $args */
    private static function later(callable $callback, array $args, ?Suspension $then): void
    {
        self::$ready[] = [$callback, $args, $then];
        self::arm();
    }

    private static function arm(): void
    {
        if (!self::$armed && self::$ready !== []) {
            self::$armed = true;
            \phalanx_timer_add(0, self::deliver(...), [], false);
        }
    }

    private static function deliver(): void
    {
        self::$armed = false;
        $batch = self::$ready;
        self::$ready = [];
        try {
            foreach ($batch as $i => [$callback, $args, $then]) {
                unset($batch[$i]);
                try {
                    Scheduler::hasCoroutineLoop() ? Scheduler::start($callback, ...$args) : $callback(...$args);
                } finally {
                    $then?->wake(null);
                }
            }
        } finally {
            self::$ready = [...$batch, ...self::$ready]; // one has thrown: that is the loop's to report
            self::arm();
        }
    }
}
