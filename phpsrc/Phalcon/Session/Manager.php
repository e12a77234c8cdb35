<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session;

use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Session\Exceptions\InvalidSessionAdapter;
use Phalcon\Session\Exceptions\InvalidSessionId;
use Phalcon\Session\Exceptions\InvalidSessionName;
use Phalcon\Session\Exceptions\SessionAlreadyStarted;
use Phalcon\Session\Exceptions\SessionModificationDenied;
use Phalcon\Traits\Php\HeaderTrait;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;
use SessionHandlerInterface;

/**
 * The visitor's session, which is PHP's own ($_SESSION); where a worker serves several messages at a time, that of the
 * current one.
 *
 * Options: uniqueId, which keeps apart the values of applications that share sessions.
 */
class Manager extends AbstractInjectionAware implements ManagerInterface
{
    use GetTrait;
    use HeaderTrait;

    private ?SessionHandlerInterface $adapter = null;

    private string $name = '';

    private array $options = [];

    /** What names of values begin with. */
    private string $keyPrefix = '';

    public function __construct(array $options = [])
    {
        $this->setOptions($options);
    }

    public function __get(string $key)
    {
        return $this->get($key);
    }

    public function __isset(string $key): bool
    {
        return $this->has($key);
    }

    public function __set(string $key, $value): void
    {
        $this->set($key, $value);
    }

    public function __unset(string $key): void
    {
        $this->remove($key);
    }

    /** Removes the session and all its values; the cookie stays. */
    public function destroy(): void
    {
        if ($this->exists() === true) {
            session_destroy();
            $_SESSION = [];
        }
    }

    /** Whether a session has been started. */
    public function exists(): bool
    {
        return session_status() === PHP_SESSION_ACTIVE;
    }

    /** A value; the default if there is none, and null without a session. */
    public function get(string $key, $defaultValue = null, bool $remove = false)
    {
        if ($this->exists() === false) {
            return null;
        }
        $key = $this->keyPrefix . $key;
        $value = static::getArrVal($_SESSION, $key, $defaultValue);
        if ($remove) {
            unset($_SESSION[$key]);
        }

        return $value;
    }

    public function getAdapter(): ?SessionHandlerInterface
    {
        return $this->adapter;
    }

    public function getId(): string
    {
        return (string) session_id();
    }

    public function getName(): string
    {
        if ($this->name === '') {
            $this->name = session_name();
        }

        return $this->name;
    }

    public function getOptions(): array
    {
        return $this->options;
    }

    public function has(string $key): bool
    {
        return $this->exists() !== false && isset($_SESSION[$this->keyPrefix . $key]);
    }

    /** Goes on under a new id, as is due when the visitor logs in. */
    public function regenerateId(bool $deleteOldSession = true): ManagerInterface
    {
        if ($this->exists() === true) {
            session_regenerate_id($deleteOldSession);
        }

        return $this;
    }

    public function remove(string $key): void
    {
        if ($this->exists() === true) {
            unset($_SESSION[$this->keyPrefix . $key]);
        }
    }

    /** Without a session the value is not kept. */
    public function set(string $key, $value): void
    {
        if ($this->exists() === true) {
            $_SESSION[$this->keyPrefix . $key] = $value;
        }
    }

    public function setAdapter(SessionHandlerInterface $adapter): ManagerInterface
    {
        $this->adapter = $adapter;

        return $this;
    }

    /** The id for start(), in place of the cookie's. */
    public function setId(string $sessionId): ManagerInterface
    {
        if ($this->exists() === true) {
            throw new SessionAlreadyStarted();
        }
        if (preg_match('/^[a-zA-Z0-9,-]+$/D', $sessionId) !== 1) {
            throw new InvalidSessionId();
        }
        session_id($sessionId);

        return $this;
    }

    public function setName(string $name): ManagerInterface
    {
        if ($this->exists() === true) {
            throw new SessionModificationDenied();
        }
        if (preg_match('/^[\p{L}\p{N}_-]+$/uD', $name) !== 1 || preg_match('/^[0-9]+$/', $name) === 1) {
            throw new InvalidSessionName();
        }
        $this->name = $name;
        session_name($name);

        return $this;
    }

    public function setOptions(array $options): void
    {
        $unique = static::getArrVal($options, 'uniqueId', '');
        $this->keyPrefix = empty($unique) ? '' : $unique . '#';
        $this->options = $options;
    }

    /**
     * @return bool false: the answer's head is gone already
     * @throws InvalidSessionAdapter without an adapter
     */
    public function start(): bool
    {
        if ($this->exists() === true) {
            return true;
        }
        if (static::phpHeadersSent() === true) {
            return false;
        }
        if ($this->adapter === null) {
            throw new InvalidSessionAdapter();
        }

        // An id that cannot be one is taken out of the request: PHP would warn of it.
        $name = $this->getName();
        $id = $_COOKIE[$name] ?? null;
        if ($id !== null && (!is_string($id) || preg_match('/^[a-zA-Z0-9,-]+$/D', $id) !== 1)) {
            unset($_COOKIE[$name]);
        }
        session_set_save_handler($this->adapter);

        return session_start();
    }

    public function status(): int
    {
        return match (session_status()) {
            PHP_SESSION_DISABLED => self::SESSION_DISABLED,
            PHP_SESSION_ACTIVE => self::SESSION_ACTIVE,
            default => self::SESSION_NONE,
        };
    }
}
