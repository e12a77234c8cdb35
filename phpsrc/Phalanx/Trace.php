<?php

declare(strict_types=1);

namespace Phalanx;

use Closure;
use Fiber;
use Phalanx\Trace\Kind;
use Phalanx\Trace\Span;
use Phalanx\Trace\TraceException;
use Phalanx\Trace\Tracer;
use Throwable;
use WeakMap;
use Workerman\Protocols\Http\Request;

/**
 * OpenTelemetry: spans of what the application does, sent by the engine over OTLP/HTTP. It is off, and costs next to
 * nothing, until configure() is called or the environment names an endpoint (OTEL_EXPORTER_OTLP_ENDPOINT).
 *
 * Each Fiber has a current span of its own. Calls of Phalanx's clients within a span are spans of their own, and tell
 * other services of the trace.
 */
final class Trace
{
    private static ?bool $on = null;

    private static bool $ends = false;

    /** The span outside of Fibers. */
    private static ?Span $outside = null;

    /** @var WeakMap<Fiber, Span>|null */
    private static ?WeakMap $inside = null;

    /**
     * What is not given comes from OTEL_* in the environment. The settings are the process's and last until it ends:
     * other ones are a TraceException.
     *
     * @param string|null $service the application's name (OTEL_SERVICE_NAME)
     * @param string|null $endpoint of a collector, "http://127.0.0.1:4318"
     * @param array<string, string> $headers for it
     * @param float|null $sample the share of traces beginning here that is recorded, 0 to 1; null: all, or
     *     OTEL_TRACES_SAMPLER
     * @param array<string, string|int|float|bool> $attributes of all spans
     * @throws TraceException
     */
    public static function configure(
        ?string $service = null,
        ?string $endpoint = null,
        array $headers = [],
        ?float $sample = null,
        array $attributes = [],
    ): void {
        Tracer::configure(
            service: $service ?? '',
            endpoint: $endpoint ?? '',
            headers: $headers,
            sample: $sample,
            attributes: $attributes,
        );
        self::$on = null;
    }

    /** Whether spans are made at all. */
    public static function isOn(): bool
    {
        return self::$on ??= Tracer::isOn();
    }

    /**
     * Runs the callback in a span, within the current one. What it throws is told by the span, and goes on.
     *
     * @template T
     * @param callable(?Span): T $callback gets null when tracing is off
     * @param array<string, mixed> $attributes
     * @return T
     */
    public static function span(
        string $name,
        callable $callback,
        array $attributes = [],
        Kind $kind = Kind::Internal,
    ): mixed {
        if (!(self::$on ?? self::isOn())) {
            return $callback(null);
        }
        $span = Tracer::start($name, kind: $kind, attributes: $attributes, parent: self::current());
        return self::within($span, $callback);
    }

    /**
     * Runs the callback in a span that continues the trace which another service's headers name, or begins one.
     *
     * @template T
     * @param array<string, string> $headers of a request or message: traceparent, tracestate, baggage
     * @param callable(?Span): T $callback
     * @param array<string, mixed> $attributes
     * @return T
     */
    public static function continue(
        array $headers,
        string $name,
        callable $callback,
        array $attributes = [],
        Kind $kind = Kind::Server,
    ): mixed {
        if (!(self::$on ?? self::isOn())) {
            return $callback(null);
        }
        $known = [];
        foreach ($headers as $header => $value) {
            $header = \strtolower((string) $header);
            if ($header === 'traceparent' || $header === 'tracestate' || $header === 'baggage') {
                $known[$header] = (string) $value;
            }
        }
        return self::within(Tracer::start($name, kind: $kind, attributes: $attributes, headers: $known), $callback);
    }

    /**
     * A worker's onMessage for HTTP whose requests are spans: $worker->onMessage = Trace::requests($handler). The
     * handler may give its span a better name than the method: Trace::current()?->rename('GET /users/{id}').
     *
     * @param callable(object, Request): mixed $onMessage
     */
    public static function requests(callable $onMessage): Closure
    {
        $onMessage = $onMessage(...);
        if (!self::isOn()) {
            return $onMessage;
        }
        return static function (object $connection, Request $request) use ($onMessage): void {
            self::continue(
                $request->header(),
                $request->method(),
                static fn () => $onMessage($connection, $request),
                [
                    'http.request.method' => $request->method(),
                    'url.path' => $request->path(),
                    'url.scheme' => $connection->transport === 'ssl' ? 'https' : 'http',
                    'server.address' => $request->host(true) ?? '',
                    'client.address' => $connection->getRemoteIp(),
                    'network.protocol.version' => $request->protocolVersion(),
                    'user_agent.original' => $request->header('user-agent', ''),
                ],
            );
        };
    }

    /** The span that the calling Fiber is in. */
    public static function current(): ?Span
    {
        $fiber = Fiber::getCurrent();
        return $fiber === null ? self::$outside : self::$inside[$fiber] ?? null;
    }

    /**
     * Headers by which another service continues the current trace; none outside of a span.
     *
     * @return array<string, string>
     */
    public static function headers(): array
    {
        return self::$on ? self::current()?->headers() ?? [] : [];
    }

    /** Waits until all spans that have ended are sent. The end of the process does so by itself, for 1.5 s at most. */
    public static function flush(): void
    {
        Tracer::flush();
    }

    /**
     * A callback that runs within the current span wherever it is called, as in another Fiber.
     *
     * @template T
     * @param callable(mixed ...): T $callback
     * @return Closure(mixed ...): T
     */
    public static function bind(callable $callback): Closure
    {
        $span = self::$on ? self::current() : null;
        if ($span === null) {
            return $callback(...);
        }
        return static fn (mixed ...$args): mixed => self::in($span, static fn () => $callback(...$args));
    }

    private static function within(Span $span, callable $callback): mixed
    {
        try {
            return self::in($span, $callback);
        } catch (Throwable $e) {
            $span->thrown(\get_debug_type($e), $e->getMessage(), self::stack($e));
            throw $e;
        } finally {
            $span->end();
        }
    }

    private static function in(Span $span, callable $callback): mixed
    {
        $fiber = Fiber::getCurrent();
        $before = self::current();
        self::enter($fiber, $span);
        try {
            return $callback($span);
        } finally {
            self::enter($fiber, $before);
        }
    }

    /** Without arguments, which may be secrets. */
    private static function stack(Throwable $e): string
    {
        $lines = [$e->getFile() . ':' . $e->getLine()];
        foreach (\array_slice($e->getTrace(), 0, 50) as $frame) {
            $lines[] = ($frame['file'] ?? '[internal]') . ':' . ($frame['line'] ?? 0) . ' '
                . ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function'] . '()';
        }
        return \implode("\n", $lines);
    }

    private static function enter(?Fiber $fiber, ?Span $span): void
    {
        if (!self::$ends) {
            self::$ends = true;
            \register_shutdown_function(Tracer::reset(...)); // also after exit and fatal errors, within spans
        }
        $number = $fiber === null ? 0 : \spl_object_id($fiber);
        if ($span !== null) {
            Tracer::enter($number, $span);
        } else {
            Tracer::leave($number);
        }
        if ($fiber === null) {
            self::$outside = $span;
            return;
        }
        self::$inside ??= new WeakMap();
        if ($span !== null) {
            self::$inside[$fiber] = $span;
        } else {
            unset(self::$inside[$fiber]);
        }
    }
}
