<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** PHP's hash functions, each behind a method that a subclass can replace. */
trait HashTrait
{
    protected static function phpHash(string $algorithm, string $data, bool $binary = false): string
    {
        return hash($algorithm, $data, $binary);
    }

    protected static function phpHashEquals(string $knownString, string $userString): bool
    {
        return hash_equals($knownString, $userString);
    }

    protected static function phpHashHmac(
        string $algorithm,
        string $data,
        #[\SensitiveParameter] string $key,
        bool $binary = false
    ): string {
        return hash_hmac($algorithm, $data, $key, $binary);
    }
}
