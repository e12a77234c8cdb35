<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Crypt;

/** Encrypts and decrypts strings. */
interface Crypt
{
    public function decrypt(string $input, ?string $key = null): string;

    public function decryptBase64(string $input, ?string $key = null): string;

    public function encrypt(string $input, ?string $key = null): string;

    public function encryptBase64(string $input, ?string $key = null): string;

    public function getAuthData(): string;

    public function getAuthTag(): string;

    public function getAuthTagLength(): int;

    public function getAvailableCiphers(): array;

    public function getCipher(): string;

    public function getKey(): string;

    public function setAuthData(string $data): Crypt;

    public function setAuthTag(string $tag): Crypt;

    public function setAuthTagLength(int $length): Crypt;

    public function setCipher(string $cipher): Crypt;

    public function setKey(string $key): Crypt;

    public function setPadding(int $scheme): Crypt;

    public function useSigning(bool $useSigning): Crypt;
}
