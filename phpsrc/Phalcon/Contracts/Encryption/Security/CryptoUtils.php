<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security;

use Phalcon\Encryption\Security\Random;

/** Keyed hashes, random bytes and salts. */
interface CryptoUtils
{
    public function computeHmac(string $data, string $key, string $algorithm, bool $raw = false): string;

    public function getRandom(): Random;

    public function getRandomBytes(): int;

    public function setRandomBytes(int $randomBytes): Security;

    public function getSaltBytes(int $numberBytes = 0): string;
}
