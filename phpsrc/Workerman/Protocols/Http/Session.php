<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use Workerman\Protocols\Http\Session\FileSessionHandler;
use Workerman\Protocols\Http\Session\SessionHandlerInterface;

use function array_key_exists;
use function extension_loaded;
use function ini_get;
use function is_array;
use function mt_rand;
use function session_get_cookie_params;
use function unserialize;

/**
 * One visitor's session: read when made, written back, if changed, when the last reference to it goes.
 *
 * The static properties are settings of the calling worker. They start from php.ini's session.* where it has a
 * counterpart; its session functions and $_SESSION are not used.
 *
 * Source: Workerman\Protocols\Http\Session 5.2.2.
 */
class Session
{
    /** @var class-string<SessionHandlerInterface> */
    protected static string $handlerClass = FileSessionHandler::class;

    /** The handler's constructor argument; null: called without one. */
    protected static mixed $handlerConfig = null;

    /** The cookie's name. */
    public static string $name = 'PHPSID';

    /** Whether a session that was only read lives on as if it had been written. */
    public static bool $autoUpdateTimestamp = false;

    /** Seconds a session lives after it was last written. */
    public static int $lifetime = 1440;

    /** The cookie's Max-Age in seconds, 0: until the browser is closed. */
    public static int $cookieLifetime = 1440;

    public static string $cookiePath = '/';

    /** '': the host that was asked. */
    public static string $domain = '';

    /** Whether browsers send the cookie over TLS only. */
    public static bool $secure = false;

    /** Whether the cookie is kept from the page's scripts. */
    public static bool $httpOnly = true;

    /** 'Lax', 'Strict', 'None', or '' for the browser's default. */
    public static string $sameSite = '';

    /** @var array{int, int} [a, b]: expired sessions are collected after a of b sessions */
    public static array $gcProbability = [1, 20000];

    /** Shared by the sessions of this worker; made with the first. */
    protected static ?SessionHandlerInterface $handler = null;

    /** @var array the session's values by name */
    protected mixed $data = [];

    /** Whether data was changed since it was read or saved. */
    protected bool $needSave = false;

    protected string $sessionId;

    /** False in an unserialised copy, which must not write to the store. */
    protected bool $isSafe = true;

    /** @var array{callable-string, callable-string} to and from a string */
    protected array $serializer = ['serialize', 'unserialize'];

    /** Whether php.ini asks for igbinary. */
    private static ?bool $igbinary = null;

    public function __construct(string $sessionId)
    {
        self::$igbinary ??= extension_loaded('igbinary') && ini_get('session.serialize_handler') === 'igbinary';
        if (self::$igbinary) {
            $this->serializer = ['igbinary_serialize', 'igbinary_unserialize'];
        }
        if (static::$handler === null) {
            static::initHandler();
        }
        $this->sessionId = $sessionId;
        if ($data = static::$handler->read($sessionId)) {
            $this->data = $this->safeDeserialize($data);
        }
    }

    public function getId(): string
    {
        return $this->sessionId;
    }

    public function get(string $name, mixed $default = null): mixed
    {
        return $this->data[$name] ?? $default;
    }

    public function set(string $name, mixed $value): void
    {
        $this->data[$name] = $value;
        $this->needSave = true;
    }

    public function delete(string $name): void
    {
        unset($this->data[$name]);
        $this->needSave = true;
    }

    /** Gets a value and deletes it. */
    public function pull(string $name, mixed $default = null): mixed
    {
        $value = $this->get($name, $default);
        $this->delete($name);

        return $value;
    }

    /** Sets one value, or several given as an array. */
    public function put(array|string $key, mixed $value = null): void
    {
        foreach (is_array($key) ? $key : [$key => $value] as $name => $item) {
            $this->data[$name] = $item;
        }
        $this->needSave = true;
    }

    /** Deletes one value, or those whose names the array holds. */
    public function forget(array|string $name): void
    {
        foreach ((array) $name as $key) {
            unset($this->data[$key]);
        }
        $this->needSave = true;
    }

    public function all(): array
    {
        return $this->data;
    }

    /** Deletes all values. */
    public function flush(): void
    {
        $this->data = [];
        $this->needSave = true;
    }

    /** Whether there is such a value and it is not null. */
    public function has(string $name): bool
    {
        return isset($this->data[$name]);
    }

    /** Whether there is such a value, even null. */
    public function exists(string $name): bool
    {
        return array_key_exists($name, $this->data);
    }

    /** Writes changed data now; an empty session is removed from the store. */
    public function save(): void
    {
        if (!$this->needSave) {
            if (static::$autoUpdateTimestamp) {
                $this->refresh();
            }
            return;
        }
        if ($this->data) {
            static::$handler->write($this->sessionId, $this->serializer[0]($this->data));
        } else {
            static::$handler->destroy($this->sessionId);
        }
        $this->needSave = false;
    }

    /** Makes the session live on as if it had been written now. */
    public function refresh(): bool
    {
        return static::$handler->updateTimestamp($this->getId());
    }

    /** Takes the settings from php.ini. */
    public static function init(): void
    {
        $probability = (int) ini_get('session.gc_probability');
        $divisor = (int) ini_get('session.gc_divisor');
        if ($probability && $divisor) {
            static::$gcProbability = [$probability, $divisor];
        }
        if ($lifetime = ini_get('session.gc_maxlifetime')) {
            self::$lifetime = (int) $lifetime;
        }

        $cookie = session_get_cookie_params();
        static::$cookieLifetime = $cookie['lifetime'];
        static::$cookiePath = $cookie['path'];
        static::$domain = $cookie['domain'];
        static::$secure = $cookie['secure'];
        static::$httpOnly = $cookie['httponly'];
    }

    /**
     * The handler's class; with arguments it is changed, for sessions of a worker that has not made one yet.
     *
     * @param class-string<SessionHandlerInterface>|null $className
     * @param mixed $config its constructor argument
     */
    public static function handlerClass(mixed $className = null, mixed $config = null): string
    {
        if ($className) {
            static::$handlerClass = $className;
        }
        if ($config) {
            static::$handlerConfig = $config;
        }

        return static::$handlerClass;
    }

    /** @return array{lifetime: int, path: string, domain: string, secure: bool, httponly: bool, samesite: string} */
    public static function getCookieParams(): array
    {
        return [
            'lifetime' => static::$cookieLifetime,
            'path' => static::$cookiePath,
            'domain' => static::$domain,
            'secure' => static::$secure,
            'httponly' => static::$httpOnly,
            'samesite' => static::$sameSite,
        ];
    }

    protected static function initHandler(): void
    {
        $arguments = static::$handlerConfig === null ? [] : [static::$handlerConfig];
        static::$handler = new static::$handlerClass(...$arguments);
    }

    /** Objects in the data come back incomplete: whoever can write to the store must not choose classes to run. */
    protected function safeDeserialize(string $data): array
    {
        $values = $this->serializer[1] === 'unserialize'
            ? unserialize($data, ['allowed_classes' => false])
            : $this->serializer[1]($data);

        return is_array($values) ? $values : [];
    }

    /** Removes expired sessions from the store. */
    public function gc(): void
    {
        static::$handler->gc(static::$lifetime);
    }

    public function __unserialize(array $data): void
    {
        $this->isSafe = false;
    }

    public function __destruct()
    {
        if (!$this->isSafe) {
            return;
        }
        $this->save();
        [$chance, $of] = static::$gcProbability;
        if ($chance > 0 && mt_rand(1, $of) <= $chance) {
            $this->gc();
        }
    }
}

Session::init();
