<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Signer;

/** Does not sign: whoever verifies with it believes everyone. */
class None implements SignerInterface
{
    public function getAlgHeader(): string
    {
        return 'none';
    }

    public function getAlgorithm(): string
    {
        return 'None';
    }

    public function sign(string $payload, #[\SensitiveParameter] string $passphrase): string
    {
        return '';
    }

    public function verify(string $source, string $payload, #[\SensitiveParameter] string $passphrase): bool
    {
        return $source === '';
    }
}
