<?php

declare(strict_types=1);

namespace Phalanx\Phalcon;

use Closure;
use InvalidArgumentException;
use Phalanx\Development;
use Phalanx\Http\PublicFiles;
use Phalanx\Http\Sapi;
use Phalcon\Di\Di;
use Phalcon\Dispatcher\Exception as DispatcherException;
use Phalcon\Mvc\Application;
use Phalcon\Mvc\Micro;
use Phalcon\Mvc\Micro\Exceptions\NotFoundHandlerNotCallable;
use Phalcon\Support\Debug;
use Throwable;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber as FiberLoop;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Worker;

/**
 * Serves a Phalcon application: on the engine's own HTTP loop, or in a worker of FrankenPHP behind Caddy.
 *
 *     $server = new Server('http://127.0.0.1:8080', fn () => require __DIR__ . '/app.php');
 *     $server->count = 4;
 *     Server::runAll();
 *
 * The factory makes an application with a container of its own. A worker starts with one, and makes another when a
 * message arrives while all are at work; an application serves one message at a time. Between messages its container
 * forgets the instances of all services but those of PROCESS_WIDE and $processWide, so that a service is made as for a
 * request of its own; the application itself, with its routes, listeners and middleware, goes on.
 *
 * A message has PHP's request to itself (see Phalanx\Http\Sapi), and Di::getDefault() is its application's container.
 */
class Server extends Worker
{
    /** Services whose instances go on from message to message: they keep nothing of one. */
    public const PROCESS_WIDE = [
        'annotations', 'config', 'crypt', 'escaper', 'eventsManager', 'filter', 'helper', 'loader', 'logger',
        'modelsMetadata', 'queueFactory', 'router', 'settings', 'url',
    ];

    /** How many applications without work a worker keeps. */
    private const MAX_IDLE = 64;

    /** @var list<string> more services as those of PROCESS_WIDE, such as 'db' or 'cache' */
    public array $processWide = [];

    /** A folder of files that anybody may have, such as the application's public/; '' none. See PublicFiles. */
    public string $publicFolder = '';

    /** Shows visitors what was thrown. Not in production: it shows code and settings. */
    public bool $debug = false;

    /** @var list<Instance> */
    private array $idle = [];

    private Sapi $sapi;

    private ?PublicFiles $files = null;

    private readonly Closure $factory;

    private static ?self $last = null;

    /**
     * @param string $socketName as of a Worker: 'http://ADDRESS:PORT'
     * @param callable(): (Micro|Application|callable(string): mixed) $application makes one; a callable serves the path
     *        and query it is given, by PHP's means or by returning a Response or a string
     * @param array<string, mixed> $socketContext as of a Worker
     */
    public function __construct(string $socketName, callable $application, array $socketContext = [])
    {
        if (!\str_starts_with($socketName, 'http://')) {
            throw new InvalidArgumentException("An application is served by http://ADDRESS:PORT, not by $socketName");
        }
        parent::__construct($socketName, $socketContext);
        $this->name = 'phalcon';
        $this->eventLoop = FiberLoop::class;
        $this->factory = $application(...);
        self::$last = $this;
    }

    /** As Worker::runAll(); in a worker of FrankenPHP, and under any other web server, it serves what that gives it. */
    public static function runAll(): void
    {
        if (\PHP_SAPI === 'cli' || self::$last === null) {
            parent::runAll();
            return;
        }
        self::$last->serveForeign();
    }

    public function run(): void
    {
        $this->onMessage = $this->serve(...);
        $started = $this->onWorkerStart;
        $this->onWorkerStart = function (Worker $worker) use ($started): void {
            $this->prepare();
            if ($started !== null) {
                $started($worker);
            }
        };
        parent::run();
    }

    private function prepare(): void
    {
        // As behind Caddy: what goes wrong is for the log, not for the visitor.
        \ini_set('display_errors', $this->debug ? '1' : '0');
        \ini_set('log_errors', '1');
        \ini_set('session.use_strict_mode', '1');
        \phalanx_request_static(Di::class, 'defaultContainer');
        $this->files = $this->publicFolder === '' ? null : new PublicFiles($this->publicFolder);
        $this->sapi = new Sapi($this, $this->publicFolder === '' ? '' : (string) \realpath($this->publicFolder));
        $this->idle[] = $this->make();
    }

    private function make(): Instance
    {
        // It finds no container of another application, and leaves its own.
        Di::reset();
        $application = ($this->factory)();
        if (!$application instanceof Micro && !$application instanceof Application) {
            if (!\is_callable($application)) {
                throw new InvalidArgumentException(\sprintf(
                    'The factory of %s must make a Phalcon\Mvc\Micro, a Phalcon\Mvc\Application or a callable, not %s',
                    self::class,
                    \get_debug_type($application),
                ));
            }
            $application = $application(...);
        }

        return new Instance($application, [...self::PROCESS_WIDE, ...$this->processWide]);
    }

    private function serve(TcpConnection $connection, Request $request): void
    {
        $file = $this->files?->find($request);
        if ($file !== null) {
            $connection->send((new Response())->withFile($file));
            return;
        }
        $instance = \array_pop($this->idle);
        $file = null;
        try {
            $answer = $this->sapi->serve($connection, $request, function () use (&$instance, $request): void {
                $instance ??= $this->make();
                $instance->handle($request->uri());
            }, $file);
        } catch (Throwable $e) {
            // The application may have been left in the middle of something: it is not used again.
            $connection->send(
                Development::isOn() && !$this->debug && !self::isMissing($e)
                    ? Development::response($e, $request)
                    : $this->failure($e)
            );
            return;
        }
        if ($file === null || $request->method() === 'HEAD') {
            $connection->send($answer, true);
        } else {
            $connection->sendFile($answer, $file, 0, (int) \filesize($file));
        }
        $instance->reset();
        if (\count($this->idle) < self::MAX_IDLE) {
            $this->idle[] = $instance;
        }
    }

    /** One request of another server after the other, or the only one. */
    private function serveForeign(): void
    {
        $instance = null;
        $serve = function () use (&$instance): void {
            \ob_start();
            try {
                ($instance ??= $this->make())->handle((string) ($_SERVER['REQUEST_URI'] ?? '/'));
            } catch (Throwable $e) {
                $instance = null;
                $failure = $this->failure($e);
                while (\ob_get_level() > 0 && \ob_end_clean()) {
                    // Nothing of what was said before is left, as far as it has not been sent.
                }
                if (!\headers_sent()) {
                    \header_remove();
                    \http_response_code($failure->getStatusCode());
                    \header('Content-Type: ' . $failure->getHeader('Content-Type'));
                }
                echo $failure->rawBody();
            }
        };
        if (!isset($_SERVER['FRANKENPHP_WORKER'])) {
            $serve();
            return;
        }
        \ignore_user_abort(true);
        do {
            $more = \frankenphp_handle_request($serve);
            $instance?->reset();
        } while ($more);
    }

    /** Whether nothing is there that could have answered. */
    private static function isMissing(Throwable $e): bool
    {
        return $e instanceof NotFoundHandlerNotCallable || ($e instanceof DispatcherException && \in_array(
            $e->getCode(),
            [DispatcherException::EXCEPTION_HANDLER_NOT_FOUND, DispatcherException::EXCEPTION_ACTION_NOT_FOUND],
            true,
        ));
    }

    private function failure(Throwable $e): Response
    {
        if (self::isMissing($e)) {
            return self::page(404, 'Not Found');
        }
        \PHP_SAPI === 'cli' ? static::log((string) $e) : \error_log((string) $e);
        if (!$this->debug) {
            return self::page(500, 'Internal Server Error');
        }

        try {
            $html = (new Debug())->renderHtml($e);
        } catch (Throwable) {
            $html = '<pre>' . \htmlspecialchars((string) $e) . '</pre>';
        }

        return new Response(500, ['Content-Type' => 'text/html; charset=UTF-8'], $html);
    }

    private static function page(int $status, string $text): Response
    {
        return new Response($status, ['Content-Type' => 'text/html; charset=UTF-8'], "<h1>$text</h1>");
    }
}
