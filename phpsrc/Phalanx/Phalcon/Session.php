<?php

declare(strict_types=1);

namespace Phalanx\Phalcon;

use Phalanx\Phalcon\Session\Codec;
use Phalanx\Phalcon\Session\SessionFunctions;
use SessionHandlerInterface;
use SessionIdInterface;
use SessionUpdateTimestampHandlerInterface;
use Throwable;
use WeakReference;

/**
 * The session of one message: what PHP's session_* functions do for a process, by the same settings (session.* of
 * php.ini) and over the same handlers, with the data in the same format.
 *
 * Ids are strict whatever session.use_strict_mode says: one that came in a cookie and that the handler does not know is
 * replaced, so that nobody can choose another's. Ids travel in cookies only.
 */
final class Session implements SessionFunctions
{
    private const ATTEMPTS = 3;

    /** @var array<array-key, mixed> by name */
    private array $values = [];

    private bool $active = false;

    private string $id = '';

    private string $name = '';

    private string $stored = '';

    private ?SessionHandlerInterface $handler = null;

    /**
     * @internal Message::session() makes it
     * @param WeakReference<Message> $message
     */
    public function __construct(private readonly WeakReference $message)
    {
    }

    public function status(): int
    {
        return $this->active ? PHP_SESSION_ACTIVE : PHP_SESSION_NONE;
    }

    /** The application may change them while the session is active. */
    public function &values(): array
    {
        return $this->values;
    }

    /** '' while there is none. */
    public function id(): string
    {
        return $this->id;
    }

    /** That of the cookie is not looked at then, and the handler need not know this one. */
    public function setId(string $id): void
    {
        $this->id = $id;
    }

    /** The name is start()'s: it belongs to the manager, not to one message. */
    public function setName(string $name): void
    {
    }

    /**
     * Reads the session that the message's cookie names, or begins a new one, whose cookie goes out with the answer.
     * When the message ends the session is saved.
     *
     * @return bool false: the head of the answer is gone, or the handler refuses
     */
    public function start(SessionHandlerInterface $handler, string $name): bool
    {
        $message = $this->message->get();
        if ($message === null || $message->headersSent) {
            return false;
        }
        $codec = Codec::configured();
        if (!$handler->open((string) ini_get('session.save_path'), $name)) {
            return false;
        }
        $this->handler = $handler;
        $this->name = $name;
        $chosen = $this->id !== '';
        $data = false;
        try {
            if (!$chosen) {
                $this->id = $this->known($message->cookies[$name] ?? null);
            }
            $isNew = $this->id === '';
            if ($isNew) {
                $this->id = $this->create();
            }
            $data = $handler->read($this->id);
        } finally {
            if ($data === false) {
                $this->close();
            }
        }
        if ($data === false) {
            return false;
        }
        $this->stored = $data;
        $this->values = $codec->decode($data);
        $this->active = true;
        $message->onEnd($this->save(...));
        if ($isNew || $chosen) {
            $this->sendCookie($message);
        }
        $this->limitCaching($message);
        if (random_int(1, max(1, (int) ini_get('session.gc_divisor'))) <= (int) ini_get('session.gc_probability')) {
            $handler->gc((int) ini_get('session.gc_maxlifetime'));
        }

        return true;
    }

    /** Writes what has changed and ends the session; without a change it lives on as if it had been written. */
    public function save(): void
    {
        if (!$this->active) {
            return;
        }
        try {
            $this->write();
        } finally {
            $this->close();
        }
    }

    /** Removes the stored session and forgets its values. The cookie stays, as with PHP's. */
    public function destroy(): void
    {
        if (!$this->active) {
            return;
        }
        try {
            $this->handler->destroy($this->id);
        } finally {
            $this->close();
        }
    }

    /**
     * Goes on with the same values under a new id, and sends its cookie.
     *
     * @return bool false: the head of the answer is gone
     */
    public function regenerate(bool $delete): bool
    {
        $message = $this->message->get();
        if (!$this->active || $message === null || $message->headersSent) {
            return false;
        }
        if ($delete) {
            $this->handler->destroy($this->id);
        } else {
            $this->write();
        }
        $this->handler->close();
        $this->handler->open((string) ini_get('session.save_path'), $this->name);
        $this->id = $this->create();
        $this->stored = (string) $this->handler->read($this->id);
        $this->sendCookie($message);

        return true;
    }

    /** The id in the cookie if it is one and the handler knows it, else ''. */
    private function known(mixed $id): string
    {
        if (!is_string($id) || preg_match('/^[a-zA-Z0-9,-]{1,256}$/D', $id) !== 1) {
            return '';
        }
        $handler = $this->handler;
        $known = $handler instanceof SessionUpdateTimestampHandlerInterface
            ? $handler->validateId($id)
            : (string) $handler->read($id) !== '';

        return $known ? $id : '';
    }

    private function create(): string
    {
        $handler = $this->handler;
        for ($i = 1;; $i++) {
            $id = $handler instanceof SessionIdInterface ? $handler->create_sid() : (string) session_create_id();
            if (
                $i === self::ATTEMPTS
                || !$handler instanceof SessionUpdateTimestampHandlerInterface
                || !$handler->validateId($id)
            ) {
                return $id;
            }
        }
    }

    private function write(): void
    {
        $data = Codec::configured()->encode($this->values);
        if (
            $data === $this->stored
            && $this->handler instanceof SessionUpdateTimestampHandlerInterface
            && ini_get('session.lazy_write')
        ) {
            $this->handler->updateTimestamp($this->id, $data);
        } else {
            $this->handler->write($this->id, $data);
        }
    }

    private function close(): void
    {
        $handler = $this->handler;
        $this->active = false;
        $this->id = $this->stored = '';
        $this->values = [];
        $this->handler = null;
        $handler->close();
    }

    private function sendCookie(Message $message): void
    {
        if (!ini_get('session.use_cookies')) {
            return;
        }
        $params = session_get_cookie_params();
        $line = rawurlencode($this->name) . '=' . $this->id;
        if ($params['lifetime'] > 0) {
            $line .= '; expires=' . gmdate('D, d M Y H:i:s \G\M\T', time() + $params['lifetime'])
                . '; Max-Age=' . $params['lifetime'];
        }
        foreach (['path' => '; path=', 'domain' => '; domain='] as $param => $attribute) {
            if ($params[$param] !== '') {
                $line .= $attribute . $params[$param];
            }
        }
        $line .= ($params['secure'] ? '; secure' : '') . ($params['partitioned'] ?? false ? '; partitioned' : '')
            . ($params['httponly'] ? '; HttpOnly' : '')
            . ($params['samesite'] !== '' ? '; SameSite=' . $params['samesite'] : '');
        $message->setCookie($this->name, $line);
    }

    /** What belongs to one visitor is not to be kept by caches on the way: session.cache_limiter. */
    private function limitCaching(Message $message): void
    {
        $age = 60 * (int) ini_get('session.cache_expire');
        $past = 'Thu, 19 Nov 1981 08:52:00 GMT';
        $message->headers += match (ini_get('session.cache_limiter')) {
            'nocache' => [
                'Expires' => $past,
                'Cache-Control' => 'no-store, no-cache, must-revalidate',
                'Pragma' => 'no-cache',
            ],
            'private' => ['Expires' => $past, 'Cache-Control' => "private, max-age=$age"],
            'private_no_expire' => ['Cache-Control' => "private, max-age=$age"],
            'public' => [
                'Expires' => gmdate('D, d M Y H:i:s \G\M\T', time() + $age),
                'Cache-Control' => "public, max-age=$age",
            ],
            default => [],
        };
    }
}
