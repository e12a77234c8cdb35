<?php

declare(strict_types=1);

namespace Phalcon\Http\Cookie;

/** A cookie, to be read or sent. */
interface CookieInterface
{
    public function delete();

    public function getDomain(): string;

    public function getExpiration(): int;

    public function getHttpOnly(): bool;

    public function getName(): string;

    public function getOptions(): array;

    public function getPath(): string;

    public function getSecure(): bool;

    public function getValue($filters = null, $defaultValue = null);

    public function isUsingEncryption(): bool;

    public function send(): CookieInterface;

    public function setDomain(string $domain): CookieInterface;

    public function setExpiration(int $expire): CookieInterface;

    public function setHttpOnly(bool $httpOnly): CookieInterface;

    public function setOptions(array $options): CookieInterface;

    public function setPath(string $path): CookieInterface;

    public function setSecure(bool $secure): CookieInterface;

    public function setValue($value): CookieInterface;

    public function useEncryption(bool $useEncryption): CookieInterface;
}
