<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Session;

use Phalanx\Phalcon\Message;
use Phalanx\Phalcon\Session\NativeSession;
use Phalanx\Phalcon\Session\NoSession;
use Phalanx\Phalcon\Session\SessionFunctions;
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
 * The visitor's session. It is PHP's own ($_SESSION) where PHP serves one request at a time, and that of the current
 * message where a worker serves several; the adapter, the name and the options are the manager's either way.
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
            $this->session()->destroy();
        }
    }

    /** Whether a session has been started. */
    public function exists(): bool
    {
        return $this->session()->status() === PHP_SESSION_ACTIVE;
    }

    /** A value; the default if there is none, and null without a session. */
    public function get(string $key, $defaultValue = null, bool $remove = false)
    {
        if ($this->exists() === false) {
            return null;
        }
        $values = &$this->session()->values();
        $key = $this->keyPrefix . $key;
        $value = static::getArrVal($values, $key, $defaultValue);
        if ($remove) {
            unset($values[$key]);
        }

        return $value;
    }

    public function getAdapter(): ?SessionHandlerInterface
    {
        return $this->adapter;
    }

    public function getId(): string
    {
        return $this->session()->id();
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
        return $this->exists() !== false && isset($this->session()->values()[$this->keyPrefix . $key]);
    }

    /** Goes on under a new id, as is due when the visitor logs in. */
    public function regenerateId(bool $deleteOldSession = true): ManagerInterface
    {
        if ($this->exists() === true) {
            $this->session()->regenerate($deleteOldSession);
        }

        return $this;
    }

    public function remove(string $key): void
    {
        if ($this->exists() === true) {
            unset($this->session()->values()[$this->keyPrefix . $key]);
        }
    }

    /** Without a session the value is not kept. */
    public function set(string $key, $value): void
    {
        if ($this->exists() === true) {
            $this->session()->values()[$this->keyPrefix . $key] = $value;
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
        $this->session()->setId($sessionId);

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
        $this->session()->setName($name);

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
        $session = $this->session();
        if ($session instanceof NativeSession && static::phpHeadersSent() === true) {
            return false;
        }
        if ($this->adapter === null) {
            throw new InvalidSessionAdapter();
        }

        return $session->start($this->adapter, $this->getName());
    }

    public function status(): int
    {
        return match ($this->session()->status()) {
            PHP_SESSION_DISABLED => self::SESSION_DISABLED,
            PHP_SESSION_ACTIVE => self::SESSION_ACTIVE,
            default => self::SESSION_NONE,
        };
    }

    private function session(): SessionFunctions
    {
        $message = Message::current();

        return match (true) {
            $message !== null => $message->session(),
            Message::isServing() => NoSession::get(),
            default => NativeSession::get(),
        };
    }
}
