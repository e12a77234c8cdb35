<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security\JWT\Signer;

/** Signs JSON web tokens and checks their signatures (RFC 7515). */
interface Signer
{
    public function getAlgHeader(): string;

    public function getAlgorithm(): string;

    public function sign(string $payload, string $passphrase): string;

    public function verify(string $source, string $payload, string $passphrase): bool;
}
