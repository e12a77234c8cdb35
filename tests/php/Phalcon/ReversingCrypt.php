<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

/** Stands for the "crypt" service: what it answers can be read. */
final class ReversingCrypt
{
    public function encryptBase64(string $text, string $key = ''): string
    {
        return $key . strrev($text);
    }

    public function decryptBase64(string $text, string $key = ''): string
    {
        return strrev(substr($text, strlen($key)));
    }
}
