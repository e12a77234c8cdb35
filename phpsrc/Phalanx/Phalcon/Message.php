<?php

declare(strict_types=1);

namespace Phalanx\Phalcon;

use Closure;
use Fiber;
use Throwable;
use WeakMap;
use WeakReference;

/**
 * One HTTP message, from its request to its answer, as the classes of Phalcon see it: what must not be mixed up when a
 * worker serves several at once lives here, and not in superglobals, in statics or in PHP's own session.
 *
 * A server makes one for each request, runs the application by run(), and puts cookies() and $headers into the answer.
 * Where nobody does (command line, FPM, FrankenPHP's worker mode, which serve one request at a time) current() is null
 * and PHP's functions and superglobals are used.
 */
final class Message
{
    /** @var ?WeakMap<Fiber, self> */
    private static ?WeakMap $inFibers = null;

    private static ?self $outside = null;

    private static bool $serving = false;

    /**
     * Header fields that the answer has unless it has set them itself.
     *
     * @var array<string, string>
     */
    public array $headers = [];

    /** Whether the head of the answer is gone: no cookie can be added. */
    public bool $headersSent = false;

    /** @var array<string, string> Set-Cookie lines by the cookie's name */
    private array $cookieLines = [];

    /** @var list<Closure(): mixed> */
    private array $atEnd = [];

    private ?Session $session = null;

    /** @param array<array-key, mixed> $cookies as the peer has sent them: whatever it likes */
    public function __construct(public readonly array $cookies = [])
    {
    }

    /** The message that the calling Fiber serves, or the code outside of Fibers. */
    public static function current(): ?self
    {
        if (!self::$serving) {
            return null;
        }
        $fiber = Fiber::getCurrent();

        return $fiber === null ? self::$outside : self::$inFibers[$fiber] ?? null;
    }

    /**
     * Whether this script has ever served a Message. From then on PHP's own session, which all of them would share, is
     * not used: what runs beside messages (timers, tasks that were not bound) has none.
     */
    public static function isServing(): bool
    {
        return self::$serving;
    }

    /** Forgets all of that: for tests, and for whoever runs an application once after having served messages. */
    public static function reset(): void
    {
        self::$serving = false;
        self::$outside = self::$inFibers = null;
    }

    /**
     * Calls the callback as part of this message, and ends the message when it returns or throws.
     *
     * @throws Throwable what the callback throws, or else what one of onEnd() throws
     */
    public function run(callable $callback, mixed ...$args): mixed
    {
        $outer = $this->enter();
        try {
            $answer = $callback(...$args);
            $this->end();

            return $answer;
        } catch (Throwable $e) {
            try {
                $this->end();
            } catch (Throwable) {
                // The first failure is the one to tell of.
            }
            throw $e;
        } finally {
            self::leave($outer);
        }
    }

    /** The callback as part of this message, for another Fiber: Phalanx\async($message->bind(fn () => ...)). */
    public function bind(callable $callback): Closure
    {
        return function (mixed ...$args) use ($callback): mixed {
            $outer = $this->enter();
            try {
                return $callback(...$args);
            } finally {
                self::leave($outer);
            }
        };
    }

    /**
     * Runs what onEnd() was given, the last first, once. All run, also when one throws; the first exception is thrown.
     * To be called before the answer leaves, so that the peer's next request finds its session.
     */
    public function end(): void
    {
        $outer = $this->enter();
        $failure = null;
        try {
            while ($this->atEnd !== []) {
                try {
                    (array_pop($this->atEnd))();
                } catch (Throwable $e) {
                    $failure ??= $e;
                }
            }
        } finally {
            self::leave($outer);
        }
        if ($failure !== null) {
            throw $failure;
        }
    }

    /** Has something done when the application is through with the message. */
    public function onEnd(callable $callback): void
    {
        $this->atEnd[] = $callback(...);
    }

    /** The session of this message's visitor; it is not started by this. */
    public function session(): Session
    {
        return $this->session ??= new Session(WeakReference::create($this));
    }

    /** Adds a line to the answer, in place of an earlier one for a cookie of this name. */
    public function setCookie(string $name, string $line): void
    {
        $this->cookieLines[$name] = $line;
    }

    /** @return list<string> values of Set-Cookie fields */
    public function cookies(): array
    {
        return array_values($this->cookieLines);
    }

    /** @return ?self whom the caller served before */
    private function enter(): ?self
    {
        self::$serving = true;
        $fiber = Fiber::getCurrent();
        if ($fiber === null) {
            [$outer, self::$outside] = [self::$outside, $this];

            return $outer;
        }
        self::$inFibers ??= new WeakMap();
        $outer = self::$inFibers[$fiber] ?? null;
        self::$inFibers[$fiber] = $this;

        return $outer;
    }

    private static function leave(?self $outer): void
    {
        $fiber = Fiber::getCurrent();
        if ($fiber === null) {
            self::$outside = $outer;
        } elseif ($outer === null) {
            unset(self::$inFibers[$fiber]);
        } else {
            self::$inFibers[$fiber] = $outer;
        }
    }
}
