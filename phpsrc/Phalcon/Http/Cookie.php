<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http;

use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Di\DiInterface;
use Phalcon\Http\Cookie\CookieInterface;
use Phalcon\Http\Cookie\Exceptions\CookieKeyTooShort;
use Phalcon\Http\Cookie\Exceptions\CryptInterfaceRequired;
use Phalcon\Http\Cookie\Exceptions\CryptServiceUnavailable;
use Phalcon\Http\Cookie\Exceptions\FilterServiceUnavailable;
use Phalcon\Http\Traits\EncryptionAwareTrait;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/**
 * A cookie: the value that came with the request, or one to send.
 *
 * What it was sent with (path, domain, ...) is kept in the session, if there is one that was started: browsers do not
 * say it, and a cookie is deleted only by the same words.
 */
class Cookie extends AbstractInjectionAware implements CookieInterface
{
    use EncryptionAwareTrait;
    use GetTrait;

    protected $domain = null;
    protected $expire = null;
    protected $filter = null;
    protected $httpOnly = null;
    protected $name = null;
    protected $options = [];
    protected $path = null;
    protected $isRead = false;
    protected $isRestored = false;
    protected $secure = true;
    protected $signKey = null;
    protected $value = null;

    /** @param int $expire Unix time; 0: when the browser is closed */
    public function __construct(
        string $name,
        $value = null,
        int $expire = 0,
        string $path = '/',
        bool $secure = false,
        string $domain = '',
        bool $httpOnly = false,
        array $options = []
    ) {
        $this->name = $name;
        $this->expire = $expire;
        $this->path = $path;
        $this->secure = $secure;
        $this->domain = $domain;
        $this->httpOnly = $httpOnly;
        $this->options = $options;
        if ($value !== null) {
            $this->setValue($value);
        }
    }

    public function __toString(): string
    {
        return (string) $this->getValue();
    }

    /** Has the browser forget the cookie. */
    public function delete()
    {
        $defaults = [
            'expires' => time() - 691200,
            'domain' => $this->getDomain(),
            'path' => $this->getPath(),
            'secure' => $this->getSecure(),
            'httponly' => $this->getHttpOnly(),
        ];
        $this->startedSession()?->remove($this->sessionKey());
        $this->value = null;
        setcookie($this->name, '', $this->optionsWith($defaults));
    }

    public function getDomain(): string
    {
        $this->restore();

        return $this->domain;
    }

    public function getExpiration(): int
    {
        $this->restore();

        return $this->expire;
    }

    public function getHttpOnly(): bool
    {
        $this->restore();

        return $this->httpOnly;
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function getOptions(): array
    {
        return $this->options;
    }

    public function getPath(): string
    {
        $this->restore();

        return $this->path;
    }

    public function getSecure(): bool
    {
        $this->restore();

        return $this->secure;
    }

    /** The value that was set, else the one that came with the request, decrypted where that is turned on. */
    public function getValue($filters = null, $defaultValue = null)
    {
        $this->restore();
        if ($this->isRead) {
            return $this->value;
        }
        $value = $_COOKIE[$this->name] ?? null;
        if ($value === null || $this->useEncryption && !is_string($value)) {
            return $defaultValue;
        }
        if ($this->useEncryption) {
            $crypt = $this->crypt($this->container ?? throw new CryptServiceUnavailable());
            $value = is_string($this->signKey)
                ? $crypt->decryptBase64($value, $this->signKey)
                : $crypt->decryptBase64($value);
        }
        $this->value = $value;
        if ($filters === null) {
            return $value;
        }
        if (!is_object($this->filter)) {
            $container = $this->container ?? throw new FilterServiceUnavailable();
            $this->filter = $container->getShared('filter');
        }

        return $this->filter->sanitize($value, $filters);
    }

    /** Takes from the session what the cookie was last sent with, once. */
    public function restore(): CookieInterface
    {
        if ($this->isRestored) {
            return $this;
        }
        $definition = $this->startedSession()?->get($this->sessionKey());
        if (is_array($definition)) {
            foreach (['expire', 'domain', 'path', 'secure', 'httpOnly', 'options'] as $property) {
                $this->$property = $definition[$property] ?? $this->$property;
            }
        }
        $this->isRestored = true;

        return $this;
    }

    /** Sends the cookie with the response that is being made. */
    public function send(): CookieInterface
    {
        $definition = array_filter([
            'expire' => $this->expire,
            'path' => $this->path,
            'domain' => $this->domain,
            'secure' => $this->secure,
            'httpOnly' => $this->httpOnly,
            'options' => $this->options,
        ]);
        if ($definition !== []) {
            $this->startedSession()?->set($this->sessionKey(), $definition);
        }
        $value = $this->value;
        if ($this->useEncryption && !empty($value)) {
            $crypt = $this->crypt($this->container ?? throw new FilterServiceUnavailable());
            $value = is_string($this->signKey)
                ? $crypt->encryptBase64((string) $value, $this->signKey)
                : $crypt->encryptBase64((string) $value);
        }
        $options = $this->optionsWith([
            'expires' => $this->expire,
            'domain' => $this->domain,
            'path' => $this->path,
            'secure' => $this->secure,
            'httponly' => $this->httpOnly,
        ]);
        setcookie($this->name, (string) $value, $options);

        return $this;
    }

    public function setDomain(string $domain): CookieInterface
    {
        $this->restore();
        $this->domain = $domain;

        return $this;
    }

    public function setExpiration(int $expire): CookieInterface
    {
        $this->restore();
        $this->expire = $expire;

        return $this;
    }

    public function setHttpOnly(bool $httpOnly): CookieInterface
    {
        $this->restore();
        $this->httpOnly = $httpOnly;

        return $this;
    }

    public function setOptions(array $options): CookieInterface
    {
        $this->options = $options;

        return $this;
    }

    public function setPath(string $path): CookieInterface
    {
        $this->restore();
        $this->path = $path;

        return $this;
    }

    public function setSecure(bool $secure): CookieInterface
    {
        $this->restore();
        $this->secure = $secure;

        return $this;
    }

    /** @param ?string $signKey at least 32 characters */
    public function setSignKey(?string $signKey = null): CookieInterface
    {
        if ($signKey !== null) {
            $this->assertSignKeyIsLongEnough($signKey);
        }
        $this->signKey = $signKey;

        return $this;
    }

    public function setValue($value): CookieInterface
    {
        $this->value = $value;
        $this->isRead = true;

        return $this;
    }

    public function useEncryption(bool $useEncryption): CookieInterface
    {
        $this->useEncryption = $useEncryption;

        return $this;
    }

    protected function assertSignKeyIsLongEnough(string $signKey): void
    {
        $length = mb_strlen($signKey);
        if ($length < 32) {
            throw new CookieKeyTooShort($length);
        }
    }

    /** The options that were given, then these. */
    private function optionsWith(array $defaults): array
    {
        $options = $this->options;
        foreach ($defaults as $name => $value) {
            $options[$name] ??= $value;
        }

        return $options;
    }

    private function crypt(DiInterface $container): object
    {
        $crypt = $container->getShared('crypt');
        if (!is_object($crypt)) {
            throw new CryptInterfaceRequired();
        }

        return $crypt;
    }

    private function sessionKey(): string
    {
        return '_PHCOOKIE_' . $this->name;
    }

    private function startedSession(): ?object
    {
        if ($this->container === null || !$this->container->has('session')) {
            return null;
        }
        $session = $this->container->getShared('session');

        return $session->exists() ? $session : null;
    }
}
