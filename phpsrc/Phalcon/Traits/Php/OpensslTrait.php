<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** The functions of ext-openssl, each behind a method that a subclass can replace. */
trait OpensslTrait
{
    protected static function phpOpensslCipherIvLength(string $cipher): int|bool
    {
        return openssl_cipher_iv_length($cipher);
    }

    protected static function phpOpensslRandomPseudoBytes(int $length)
    {
        return openssl_random_pseudo_bytes($length);
    }
}
