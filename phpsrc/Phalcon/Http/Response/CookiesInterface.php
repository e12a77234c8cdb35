<?php

declare(strict_types=1);

namespace Phalcon\Http\Response;

use Phalcon\Http\Cookie\CookieInterface;

/** Cookies of a response. */
interface CookiesInterface
{
    public function delete(string $name): bool;

    public function get(string $name): CookieInterface;

    public function has(string $name): bool;

    public function isUsingEncryption(): bool;

    public function reset(): CookiesInterface;

    public function send(): bool;

    public function set(
        string $name,
        $value = null,
        int $expire = 0,
        string $path = '/',
        bool $secure = false,
        string $domain = '',
        bool $httpOnly = false,
        array $options = []
    ): CookiesInterface;

    public function useEncryption(bool $useEncryption): CookiesInterface;
}
