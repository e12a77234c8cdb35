<?php

declare(strict_types=1);

namespace Phalanx;

use Closure;
use Phalanx\Development\Answer;
use Phalanx\Development\Failure;
use Phalanx\Development\Text;
use Phalanx\Worker\EngineProtocol;
use Throwable;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

/**
 * Development mode, which only "phalanx watch" turns on: errors are shown in the terminal with their source, and answer
 * the request at hand. Such an answer shows code and paths to whoever asks; docs/development.md says what is hidden.
 */
final class Development
{
    /** Fatal errors: those after which no code of the script runs but its shutdown functions. */
    private const FATAL = \E_ERROR | \E_PARSE | \E_CORE_ERROR | \E_COMPILE_ERROR | \E_RECOVERABLE_ERROR;

    private static ?bool $isOn = null;

    /** Whether this process runs under "phalanx watch". The environment variable PHALANX_ENV alone does not do it. */
    public static function isOn(): bool
    {
        return self::$isOn ??= \getenv('PHALANX_ENV') === 'development' && (string) \getenv('PHALANX_WATCH') !== '';
    }

    /**
     * Answers the request that a callback has failed at.
     *
     * @internal
     * @return bool false: it cannot be answered, or has been; the worker is to end as it does in production
     */
    public static function answers(object $connection, Throwable $e): bool
    {
        $request = self::isOn() ? self::requestOf($connection) : null;
        if ($request === null) {
            return false;
        }
        $failure = Failure::of($e);
        self::report($failure, $request);
        $connection->send(Answer::to($request, $failure));

        return true;
    }

    /**
     * The answer to a request that could not be served, and a report in the terminal; for servers that catch what
     * their applications throw.
     *
     * @internal
     */
    public static function response(Throwable $e, Request $request): Response
    {
        $failure = Failure::of($e);
        self::report($failure, $request);

        return Answer::to($request, $failure);
    }

    /**
     * Reports what ends this worker's script, and answers the requests that wait for it.
     *
     * @internal
     */
    public static function ends(Throwable $e): void
    {
        self::answerAll(Failure::of($e));
    }

    /**
     * As ends(), for the error of error_get_last(). Without one the script has called exit.
     *
     * @internal
     * @param array{type: int, message: string, file: string, line: int}|null $error
     * @return bool whether there was something to report
     */
    public static function died(?array $error): bool
    {
        \ini_set('memory_limit', '-1'); // it may be what has been reached
        $failure = $error !== null && ($error['type'] & self::FATAL) !== 0
            ? Failure::fatal($error)
            : Failure::exit();

        return self::answerAll($failure);
    }

    private static function answerAll(Failure $failure): bool
    {
        $first = null;
        foreach (TcpConnection::$connections as $connection) {
            $request = self::requestOf($connection);
            if ($request !== null) {
                $first ??= $request;
                $connection->send(Answer::to($request, $failure));
            }
        }
        if ($failure->file === '' && $first === null) {
            return false;
        }
        self::report($failure, $first);

        return true;
    }

    /**
     * Lets a worker whose onWorkerStart has failed wait for better code, and say so to those who ask meanwhile.
     *
     * @internal
     */
    public static function startFailed(Worker $worker, Throwable $e): void
    {
        $failure = Failure::of($e, 'onWorkerStart has failed. The worker waits for a change of the code.');
        self::report($failure, null);
        $isHttp = EngineProtocol::nameOf($worker->protocol) === 'http';
        $worker->onConnect = $isHttp ? null : static fn (TcpConnection $connection) => $connection->close();
        $worker->onMessage = $isHttp
            ? static fn (TcpConnection $connection, Request $request)
                => $connection->send(Answer::to($request, $failure))
            : null;
    }

    /**
     * The callback of an HTTP worker's messages. While the newest code cannot be used, whoever wants a page is told so;
     * everything else goes on as before.
     *
     * @internal
     */
    public static function guard(?callable $onMessage): ?callable
    {
        if ($onMessage === null) {
            return null;
        }

        return static function (TcpConnection $connection, mixed $request) use ($onMessage): void {
            $failure = $request instanceof Request && Answer::isPage($request) ? Failure::ofTrial() : null;
            if ($failure === null) {
                $onMessage($connection, $request);
            } else {
                $connection->send(Answer::to($request, $failure));
            }
        };
    }

    /** Shows an error in the terminal, and writes it to the log. */
    private static function report(Failure $failure, ?Request $request): void
    {
        $what = $request === null ? '' : $request->method() . ' ' . $request->uri();
        $stream = \is_resource(Worker::$outputStream) ? Worker::$outputStream : \STDOUT;
        $isColoured = (string) \getenv('NO_COLOR') === '' && \stream_isatty($stream); // no-color.org
        \set_error_handler(static fn (): bool => true); // a reader that has gone away must not disturb
        \fwrite($stream, Text::of($failure, $what, $isColoured));
        \restore_error_handler();
        Worker::logQuietly($what === '' ? $failure->plain : "$what: $failure->plain");
    }

    /** The request that a connection owes an answer to; null: none, or that is not certain. */
    private static function requestOf(object $connection): ?Request
    {
        if (
            !$connection instanceof TcpConnection || $connection->worker === null
            || EngineProtocol::nameOf($connection->protocol) !== 'http'
        ) {
            return null;
        }
        $message = $connection->answeredRequest();

        return $message === '' ? null : new Request($message);
    }
}
