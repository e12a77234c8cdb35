<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http\Response;

use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Di\DiInterface;
use Phalcon\Http\Cookie;
use Phalcon\Http\Cookie\CookieInterface;
use Phalcon\Http\Traits\EncryptionAwareTrait;
use Phalcon\Http\Response\Exceptions\ResponseServiceUnavailable;

/** The cookies of a response, and those that came with the request; encrypted unless that is turned off. */
class Cookies extends AbstractInjectionAware implements CookiesInterface
{
    use EncryptionAwareTrait;

    protected $cookies = [];
    protected $isSent = false;
    protected $isRegistered = false;
    protected $signKey = null;

    /** @param ?string $signKey at least 32 characters; with it cookies are signed by this key */
    public function __construct(bool $useEncryption = true, ?string $signKey = null)
    {
        $this->useEncryption = $useEncryption;
        $this->setSignKey($signKey);
    }

    /** False when there is no such cookie. */
    public function delete(string $name): bool
    {
        $cookie = $this->cookies[$name] ?? null;
        if ($cookie === null) {
            if (!isset($_COOKIE[$name])) {
                return false;
            }
            $cookie = new Cookie($name);
            if ($this->container !== null) {
                $cookie->setDI($this->container);
            }
        }
        $cookie->delete();

        return true;
    }

    /** A cookie to read what came with the request, or one that was set here. */
    public function get(string $name): CookieInterface
    {
        return $this->cookies[$name] ?? $this->make([$name]);
    }

    public function getCookies(): array
    {
        return $this->cookies;
    }

    public function has(string $name): bool
    {
        return isset($this->cookies[$name]) || isset($_COOKIE[$name]);
    }

    public function isSent(): bool
    {
        return $this->isSent;
    }

    public function reset(): CookiesInterface
    {
        $this->cookies = [];

        return $this;
    }

    /** Once; false when headers are sent already. */
    public function send(): bool
    {
        if (headers_sent() || $this->isSent()) {
            return false;
        }
        foreach ($this->cookies as $cookie) {
            $cookie->send();
        }
        $this->isSent = true;

        return true;
    }

    /** Sets a cookie that leaves with the response; the first one tells the "response" service of these cookies. */
    public function set(
        string $name,
        $value = null,
        int $expire = 0,
        string $path = '/',
        bool $secure = false,
        string $domain = '',
        bool $httpOnly = false,
        array $options = []
    ): CookiesInterface {
        $cookie = $this->cookies[$name] ?? null;
        if ($cookie === null) {
            $arguments = [$name, $value, $expire, $path, $secure, $domain, $httpOnly, $options];
            $this->cookies[$name] = $this->make($arguments);
        } else {
            $cookie->setValue($value);
            $cookie->setExpiration($expire);
            $cookie->setPath($path);
            $cookie->setSecure($secure);
            $cookie->setDomain($domain);
            $cookie->setHttpOnly($httpOnly);
            $cookie->setOptions($options);
            $cookie->setSignKey($this->signKey);
        }
        if (!$this->isRegistered) {
            $this->checkContainer()->getShared('response')->setCookies($this);
            $this->isRegistered = true;
        }

        return $this;
    }

    public function setSignKey(?string $signKey = null): CookiesInterface
    {
        $this->signKey = $signKey;

        return $this;
    }

    public function useEncryption(bool $useEncryption): CookiesInterface
    {
        $this->useEncryption = $useEncryption;

        return $this;
    }

    private function make(array $arguments): CookieInterface
    {
        $container = $this->checkContainer();
        $cookie = $container->get(Cookie::class, $arguments);
        $cookie->setDI($container);
        if ($this->useEncryption) {
            $cookie->useEncryption(true);
            $cookie->setSignKey($this->signKey);
        }

        return $cookie;
    }

    private function checkContainer(): DiInterface
    {
        return $this->container ?? throw new ResponseServiceUnavailable();
    }
}
