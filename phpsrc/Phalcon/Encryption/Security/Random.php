<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security;

use Phalcon\Encryption\Security\Exceptions\InvalidRandomInput;

/** Random values from the system's source, in several alphabets. Lengths are of the random bytes, 16 for 0 or less. */
class Random
{
    public function base58(int $len = 16): string
    {
        return $this->base('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 58, $len);
    }

    public function base62(int $len = 16): string
    {
        return $this->base('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 62, $len);
    }

    public function base64(int $len = 16): string
    {
        return base64_encode($this->bytes($len));
    }

    /** Only characters that a URL takes; base64 of base64, as upstream does it. */
    public function base64Safe(int $len = 16, bool $padding = false): string
    {
        $safe = strtr(base64_encode($this->base64($len)), '+/', '-_');

        return $padding ? $safe : rtrim($safe, '=');
    }

    public function bytes(int $len = 16): string
    {
        return random_bytes($len > 0 ? $len : 16);
    }

    public function hex(int $len = 16): string
    {
        return bin2hex($this->bytes($len));
    }

    /** Of 0 to $len. */
    public function number(int $len): int
    {
        return $len > 0 ? random_int(0, $len) : throw new InvalidRandomInput();
    }

    public function uuid(): string
    {
        return (string) new Uuid()->v4();
    }

    /** As many characters of the alphabet as there are bytes, each equally likely. */
    protected function base(string $alphabet, int $base, $number = 16): string
    {
        $string = '';
        foreach (unpack('C*', $this->bytes((int) $number)) as $byte) {
            $index = $byte % 64;
            $string .= $alphabet[$index < $base ? $index : $this->number($base - 1)];
        }

        return $string;
    }
}
