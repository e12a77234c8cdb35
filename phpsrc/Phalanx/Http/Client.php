<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Closure;
use Generator;
use Phalanx\Http\Exception\HttpException;
use Phalanx\Http\Exception\InvalidRequestException;
use Phalanx\Http\Exception\StatusException;
use Throwable;

/**
 * An HTTP client. Connections are shared by all workers of the process; a client itself is cheap, and does not change:
 * with() answers another one. In a coroutine a call suspends the Fiber and the worker serves others, elsewhere it
 * blocks.
 */
final class Client
{
    private const JSON = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE
        | JSON_PRESERVE_ZERO_FRACTION;

    /** Named arguments of request() that the engine takes as they are. */
    private const PASSED = ['cookies', 'timeout', 'firstByteTimeout', 'idleTimeout', 'maxBytes', 'decompress',
        'redirects', 'retries', 'retryAll', 'proxy', 'stream'];

    /** The others. */
    private const OPTIONS = ['query', 'json', 'form', 'multipart', 'body', 'file', 'bearer', 'basic', 'digest', 'sink',
        'throw'];

    private static ?Closure $propagator = null;

    private readonly Transport $transport;

    /** @var array<string, mixed> the constructor's arguments */
    private readonly array $settings;

    /** @var list<callable(Request, callable(Request): Response): Response> */
    private readonly array $middleware;

    private readonly bool $throw;

    /**
     * Times are seconds.
     *
     * @param string $baseUrl put before URLs that have no scheme: 'https://api.example.com/v1' and 'users' or '/users'
     *     are 'https://api.example.com/v1/users'. Credentials given here go to its origin only
     * @param array<string, string|int|float|list<string>> $headers of every request
     * @param ?string $bearer token of Authorization: Bearer
     * @param ?array{string, string} $basic user name and password
     * @param ?array{string, string} $digest user name and password (RFC 7616)
     * @param CookieJar|bool $cookies true: a jar of its own; false: cookies are not kept
     * @param float $timeout of a whole request, of a streamed one until the head of the response is there; 0: none
     * @param float $firstByteTimeout from the end of the request to the first byte of the response; 0: none
     * @param float $idleTimeout between two reads of the body; 0: none
     * @param int $maxBytes of a body, decompressed, that is not streamed or saved; 0: none
     * @param bool $decompress asks for gzip, br, zstd and deflate, and undoes them
     * @param int $redirects that are followed; 0: none, the response is the answer
     * @param int $retries further tries after a failed connection and, for idempotent methods and requests with an
     *     Idempotency-Key, after a broken one and after $retryStatus. A body that can be read only once is never sent
     *     again
     * @param float $retryDelay before the first further try; it doubles, less up to a half by chance
     * @param float $retryMaxDelay also of Retry-After: a server that asks for more gets no further try
     * @param list<int> $retryStatus
     * @param bool $retryAll also methods that are not idempotent
     * @param bool $throw a status from 400 on is an exception
     * @param list<callable(Request, callable(Request): Response): Response> $middleware the first one is the outermost
     * @param ?list<string> $sensitiveHeaders are not sent on by a redirect to another origin; null: Authorization,
     *     Proxy-Authorization, Cookie, X-Api-Key, X-Auth-Token, X-Csrf-Token, X-Xsrf-Token
     * @param ?string $version null: 2 where TLS agrees on it, else 1.1; '1.1'; '2': also without TLS, by prior
     *     knowledge
     * @param float $keepAlive how long an idle connection is kept; 0: none is used again
     * @param int $maxConnectionsPerHost further requests wait for one; 0: no limit
     * @param ?string $proxy 'http://', 'https://' or 'socks5://[user:password@]host:port'; null: what HTTP_PROXY,
     *     HTTPS_PROXY and NO_PROXY say; '': none
     * @param list<string> $noProxy hosts, domains (.example.com), addresses and ranges that are reached directly
     * @param ?string $unixSocket a path: all connections go there
     * @param bool $verify the server's certificate
     * @param ?string $caFile PEM, instead of the system's authorities
     * @param ?string $certFile PEM, the client's certificate
     * @param ?string $keyFile PEM, its key; null: in $certFile
     * @param ?string $serverName for SNI and verification instead of the URL's host
     * @param list<string> $pins 'sha256/' and base64 of SHA-256 of a public key; one must be in the server's chain
     * @param string $minTls '1.2' or '1.3'
     * @param bool $denyPrivate addresses that are not public are refused, whatever name or redirect leads there
     * @param list<string> $allowAddresses addresses and ranges that $denyPrivate lets pass
     * @param ?Mock $mock answers instead of the network, for tests
     * @throws InvalidRequestException for a setting that makes no sense
     */
    public function __construct(
        string $baseUrl = '',
        #[\SensitiveParameter] array $headers = [],
        #[\SensitiveParameter] ?string $bearer = null,
        #[\SensitiveParameter] ?array $basic = null,
        #[\SensitiveParameter] ?array $digest = null,
        CookieJar|bool $cookies = false,
        float $timeout = 30.0,
        float $connectTimeout = 10.0,
        float $tlsTimeout = 10.0,
        float $firstByteTimeout = 0.0,
        float $idleTimeout = 30.0,
        int $maxBytes = 33554432,
        bool $decompress = true,
        int $redirects = 10,
        int $retries = 0,
        float $retryDelay = 0.2,
        float $retryMaxDelay = 10.0,
        array $retryStatus = [429, 502, 503, 504],
        bool $retryAll = false,
        bool $throw = false,
        array $middleware = [],
        ?array $sensitiveHeaders = null,
        ?string $version = null,
        float $keepAlive = 30.0,
        int $maxConnectionsPerHost = 256,
        int $maxIdlePerHost = 256,
        #[\SensitiveParameter] ?string $proxy = null,
        array $noProxy = [],
        ?string $unixSocket = null,
        bool $verify = true,
        ?string $caFile = null,
        ?string $certFile = null,
        ?string $keyFile = null,
        ?string $serverName = null,
        array $pins = [],
        string $minTls = '1.2',
        bool $denyPrivate = false,
        array $allowAddresses = [],
        ?Mock $mock = null
    ) {
        if ($cookies === true) {
            $cookies = new CookieJar();
        }
        $settings = \get_defined_vars();
        $this->settings = $settings;
        $this->middleware = \array_values($middleware);
        $this->throw = $throw;
        $settings['headers'] = self::flat($headers);
        $settings['auth'] = self::authorization($bearer, $basic, $digest);
        $settings['cookies'] = $cookies ?: null;
        $settings['handler'] = $mock === null ? null : $mock->handle(...);
        unset(
            $settings['bearer'],
            $settings['basic'],
            $settings['digest'],
            $settings['middleware'],
            $settings['throw'],
            $settings['mock']
        );
        foreach (['caFile', 'certFile', 'keyFile'] as $file) {
            if ($settings[$file] !== null) {
                $settings[$file] = Body::readable($settings[$file]);
            }
        }
        $optional = ['sensitiveHeaders', 'version', 'unixSocket', 'caFile', 'certFile', 'keyFile', 'serverName'];
        foreach ($optional as $name) {
            if ($settings[$name] === null) {
                unset($settings[$name]);
            }
        }
        try {
            $this->transport = new Transport(...$settings);
        } catch (InvalidRequestException $e) {
            // The engine's arguments, in its trace, hold credentials.
            throw new InvalidRequestException($e->getMessage());
        }
    }

    /**
     * A client with other settings; connections are shared as far as those about connections are the same.
     *
     * @param mixed ...$settings named arguments of the constructor. headers: are added to those that are there
     */
    public function with(#[\SensitiveParameter] mixed ...$settings): self
    {
        if (isset($settings['headers'])) {
            $headers = $this->settings['headers'];
            foreach ($settings['headers'] as $name => $value) {
                foreach (\array_keys($headers) as $known) {
                    if (\strcasecmp((string)$known, (string)$name) === 0) {
                        unset($headers[$known]);
                    }
                }
                $headers[$name] = $value;
            }
            $settings['headers'] = $headers;
        }
        $credentials = ['bearer' => null, 'basic' => null, 'digest' => null];
        if (\array_intersect_key($settings, $credentials) !== []) {
            $settings += $credentials;
        }

        return new self(...\array_replace($this->settings, $settings));
    }

    /**
     * Sends a request and waits for the response. What is null is as the client's settings say.
     *
     * @param array<string, mixed> $query added to the URL's
     * @param array<string, string|int|float|list<string>> $headers instead of the client's of the same names
     * @param mixed $json the body, as JSON; null: none
     * @param ?array<string, mixed> $form the body, as a form of a browser
     * @param ?array<string, mixed> $multipart the body, as multipart/form-data; see Part
     * @param string|resource|iterable<string>|callable(): ?string|null $body the body: a string, or what gives its
     *     pieces while it is sent
     * @param ?string $file the body: the content of a file
     * @param ?string $bearer instead of the client's credentials
     * @param ?array{string, string} $basic
     * @param ?array{string, string} $digest
     * @param bool $stream the response's body is read while it arrives: Response::read(), chunks(), lines(), events()
     * @param ?string $sink a path: the response's body goes into this file, which appears when it is complete
     * @throws HttpException when there is no response, and, if asked for, StatusException
     * @throws InvalidRequestException when the request makes no sense
     */
    public function request(
        string $method,
        string $url,
        array $query = [],
        #[\SensitiveParameter] array $headers = [],
        mixed $json = null,
        ?array $form = null,
        ?array $multipart = null,
        mixed $body = null,
        ?string $file = null,
        #[\SensitiveParameter] ?string $bearer = null,
        #[\SensitiveParameter] ?array $basic = null,
        #[\SensitiveParameter] ?array $digest = null,
        ?CookieJar $cookies = null,
        ?float $timeout = null,
        ?float $firstByteTimeout = null,
        ?float $idleTimeout = null,
        ?int $maxBytes = null,
        ?bool $decompress = null,
        ?int $redirects = null,
        ?int $retries = null,
        ?bool $retryAll = null,
        #[\SensitiveParameter] ?string $proxy = null,
        bool $stream = false,
        ?string $sink = null,
        ?bool $throw = null
    ): Response {
        $options = \get_defined_vars();
        unset($options['method'], $options['url'], $options['headers']);
        if ($this->middleware !== []) {
            $given = \array_filter($options, static fn (mixed $v): bool => $v !== null && $v !== []);

            return $this->send(new Request($method, $url, $headers, ...$given));
        }

        return $this->perform(\strtoupper($method), $url, $headers, $options);
    }

    /**
     * Sends a Request through the middleware.
     *
     * @throws HttpException
     * @throws InvalidRequestException
     */
    public function send(Request $request): Response
    {
        $next = $this->dispatch(...);
        foreach (\array_reverse($this->middleware) as $middleware) {
            $next = static fn (Request $request): Response => $middleware($request, $next);
        }

        return $next($request);
    }

    /**
     * @param array<string, mixed> $query
     * @param array<string, string|int|float|list<string>> $headers
     * @param mixed ...$options further named arguments of request()
     * @throws HttpException
     */
    public function get(
        string $url,
        array $query = [],
        #[\SensitiveParameter] array $headers = [],
        #[\SensitiveParameter] mixed ...$options
    ): Response {
        return $this->request('GET', $url, $query, $headers, ...$options);
    }

    /**
     * @param array<string, mixed> $query
     * @param array<string, string|int|float|list<string>> $headers
     * @param mixed ...$options further named arguments of request()
     * @throws HttpException
     */
    public function head(
        string $url,
        array $query = [],
        #[\SensitiveParameter] array $headers = [],
        #[\SensitiveParameter] mixed ...$options
    ): Response {
        return $this->request('HEAD', $url, $query, $headers, ...$options);
    }

    /**
     * @param mixed $json the body, as JSON
     * @param mixed ...$options further named arguments of request(): form:, multipart:, body:, file:, headers: ...
     * @throws HttpException
     */
    public function post(string $url, mixed $json = null, #[\SensitiveParameter] mixed ...$options): Response
    {
        return $this->request('POST', $url, ...['json' => $json] + $options);
    }

    /**
     * @param mixed $json the body, as JSON
     * @param mixed ...$options further named arguments of request()
     * @throws HttpException
     */
    public function put(string $url, mixed $json = null, #[\SensitiveParameter] mixed ...$options): Response
    {
        return $this->request('PUT', $url, ...['json' => $json] + $options);
    }

    /**
     * @param mixed $json the body, as JSON
     * @param mixed ...$options further named arguments of request()
     * @throws HttpException
     */
    public function patch(string $url, mixed $json = null, #[\SensitiveParameter] mixed ...$options): Response
    {
        return $this->request('PATCH', $url, ...['json' => $json] + $options);
    }

    /**
     * @param mixed ...$options further named arguments of request()
     * @throws HttpException
     */
    public function delete(string $url, #[\SensitiveParameter] mixed ...$options): Response
    {
        return $this->request('DELETE', $url, ...$options);
    }

    /**
     * Sends many requests, some at a time. The first failure cancels what is under way and is thrown.
     *
     * @param iterable<Request|string|callable(self): Response> $requests a string is the URL of a GET
     * @param int $concurrency how many at a time
     * @return array<Response> under the keys of $requests, in their order
     * @throws HttpException
     */
    public function sendAll(iterable $requests, int $concurrency = 50): array
    {
        $order = [];
        $responses = [];
        $kept = (static function () use ($requests, &$order): iterable {
            foreach ($requests as $key => $request) {
                $order[$key] = null;
                yield $key => $request;
            }
        })();
        foreach ($this->pool($kept, $concurrency) as $key => $result) {
            if ($result instanceof Throwable) {
                throw $result;
            }
            $responses[$key] = $result;
        }

        return \array_replace($order, $responses);
    }

    /**
     * Sends many requests, some at a time, and gives what came of each as soon as it is there: a Response, or what was
     * thrown instead. Requests are taken from $requests as their turn comes. When the iteration is left early, what is
     * under way is cancelled.
     *
     * @param iterable<Request|string|callable(self): Response> $requests a string is the URL of a GET
     * @param int $concurrency how many at a time
     * @return Generator<mixed, Response|Throwable> under the keys of $requests
     */
    public function pool(iterable $requests, int $concurrency = 50): Generator
    {
        return (new RequestPool($this, $requests, $concurrency))->results();
    }

    /** Closes idle connections, also those that other clients of the same settings share. */
    public function closeIdle(): void
    {
        $this->transport->closeIdle();
    }

    /**
     * Figures of this server process.
     *
     * @return array{requests: int, responses: int, failures: int, retries: int, active: int, bytesReceived: int,
     *     connectionsOpened: int, connectionsOpen: int, pools: int}
     */
    public static function stats(): array
    {
        return Transport::stats();
    }

    /**
     * Headers for every request of this script's clients, asked for when it is sent, so that a trace goes on in the
     * server that is called: traceparent, tracestate, baggage.
     *
     * @param ?callable(string $method, string $url): array<string, string> $headers null: none any more
     */
    public static function propagate(?callable $headers): void
    {
        self::$propagator = $headers === null ? null : Closure::fromCallable($headers);
    }

    /** @return array<string, mixed> without credentials */
    public function __debugInfo(): array
    {
        $hidden = \array_flip(['bearer', 'basic', 'digest', 'headers', 'proxy', 'middleware', 'mock']);

        return \array_diff_key($this->settings, $hidden);
    }

    private function dispatch(Request $request): Response
    {
        $unknown = \array_diff_key($request->options, \array_flip(self::OPTIONS), \array_flip(self::PASSED));
        if ($unknown !== []) {
            throw new InvalidRequestException('A request has no option ' . \implode(', ', \array_keys($unknown)));
        }

        return $this->perform($request->method, $request->url, $request->headers, $request->options);
    }

    /**
     * @param array<string, string|int|float|list<string>> $headers
     * @param array<string, mixed> $options named arguments of request()
     */
    private function perform(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        #[\SensitiveParameter] array $options
    ): Response {
        $request = [];
        $producers = [];
        $type = null;
        if (isset($options['json'])) {
            $request['body'] = \json_encode($options['json'], self::JSON);
            $type = 'application/json';
        }
        if (isset($options['form'])) {
            self::single($request);
            $request['body'] = \http_build_query($options['form']);
            $type = 'application/x-www-form-urlencoded';
        }
        if (isset($options['multipart'])) {
            self::single($request);
            $request['multipart'] = Part::all($options['multipart'], $producers);
        }
        if (isset($options['body'])) {
            self::single($request);
            $request += Body::number(Body::of($options['body']), $producers);
        }
        if (isset($options['file'])) {
            self::single($request);
            $request['file'] = Body::readable($options['file']);
        }
        if ($headers !== [] || $type !== null || self::$propagator !== null) {
            $request['headers'] = self::fields($headers, $type, $method, $url);
        }
        if (isset($options['bearer']) || isset($options['basic']) || isset($options['digest'])) {
            $request['auth'] = self::authorization(
                $options['bearer'] ?? null,
                $options['basic'] ?? null,
                $options['digest'] ?? null
            );
        }
        if (isset($options['sink'])) {
            $request['sink'] = Body::writable($options['sink']);
        }
        foreach (self::PASSED as $name) {
            if (isset($options[$name])) {
                $request[$name] = $options[$name];
            }
        }
        $target = ($options['query'] ?? []) === [] ? $url : self::withQuery($url, $options['query']);
        try {
            $reply = $this->transport->send($method, $target, $request, ...$producers);
            $response = new Response($reply, $options['stream'] ?? false);
            if ($response->status >= 400 && ($options['throw'] ?? $this->throw)) {
                throw StatusException::of($response);
            }
        } catch (InvalidRequestException $e) {
            throw new InvalidRequestException($e->getMessage()); // as in the constructor
        } catch (HttpException $e) {
            $given = \array_filter($options, static fn (mixed $value): bool => $value !== null && $value !== []);
            $e->concerns(new Request($method, $url, $headers, ...$given));
            throw $e;
        }

        return $response;
    }

    /** @param array<string, mixed> $request */
    private static function single(array $request): void
    {
        if ($request !== []) {
            throw new InvalidRequestException('A request has one body: json, form, multipart, body or file');
        }
    }

    /**
     * @param array<string, string|int|float|list<string>> $headers
     * @return list<string>
     */
    private static function fields(array $headers, ?string $type, string $method, string $url): array
    {
        $lower = self::$propagator !== null || $type !== null
            ? \array_change_key_case($headers, CASE_LOWER)
            : [];
        if ($type !== null && !isset($lower['content-type'])) {
            $headers['Content-Type'] = $type;
        }
        if ($type === 'application/json' && !isset($lower['accept'])) {
            $headers['Accept'] = 'application/json';
        }
        if (self::$propagator !== null) {
            foreach ((self::$propagator)($method, $url) as $name => $value) {
                if (!isset($lower[\strtolower($name)])) {
                    $headers[$name] = $value;
                }
            }
        }

        return self::flat($headers);
    }

    /**
     * @param array<string, string|int|float|list<string>> $headers
     * @return list<string>
     */
    private static function flat(array $headers): array
    {
        $flat = [];
        foreach ($headers as $name => $values) {
            foreach (\is_array($values) ? $values : [$values] as $value) {
                $flat[] = (string)$name;
                $flat[] = (string)$value;
            }
        }

        return $flat;
    }

    /**
     * @param ?array{string, string} $basic
     * @param ?array{string, string} $digest
     * @return ?array{scheme: string, user: string, password: string}
     */
    private static function authorization(
        #[\SensitiveParameter] ?string $bearer,
        #[\SensitiveParameter] ?array $basic,
        #[\SensitiveParameter] ?array $digest
    ): ?array {
        if (\count(\array_filter([$bearer, $basic, $digest], static fn (mixed $given): bool => $given !== null)) > 1) {
            throw new InvalidRequestException('One of bearer, basic and digest');
        }
        if ($bearer !== null) {
            return ['scheme' => 'bearer', 'user' => '', 'password' => $bearer];
        }
        $pair = $basic ?? $digest;
        if ($pair === null) {
            return null;
        }
        if (!\array_is_list($pair) || \count($pair) !== 2) {
            throw new InvalidRequestException('Credentials are a list of user name and password');
        }

        return ['scheme' => $basic !== null ? 'basic' : 'digest', 'user' => $pair[0], 'password' => $pair[1]];
    }

    /** @param array<string, mixed> $query */
    private static function withQuery(string $url, array $query): string
    {
        $fragment = \strstr($url, '#');
        if ($fragment !== false) {
            $url = \substr($url, 0, -\strlen($fragment));
        }
        $text = \http_build_query($query, '', '&', PHP_QUERY_RFC3986);

        return $text === '' ? $url : $url . (\str_contains($url, '?') ? '&' : '?') . $text;
    }
}
