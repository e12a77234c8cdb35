<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Signer;

use Phalcon\Encryption\Security\JWT\Exceptions\UnsupportedHmacAlgorithm;
use Phalcon\Traits\Php\HashTrait;

/** Signs with a secret that both sides know: RFC 7518, 3.2. */
class Hmac extends AbstractSigner
{
    use HashTrait;

    /** One of sha256, sha384, sha512. */
    public function __construct(string $algo = 'sha512')
    {
        if (!in_array($algo, ['sha512', 'sha384', 'sha256'], true)) {
            throw new UnsupportedHmacAlgorithm();
        }
        $this->algorithm = $algo;
    }

    public function getAlgHeader(): string
    {
        return 'HS' . substr($this->algorithm, 3);
    }

    public function sign(string $payload, #[\SensitiveParameter] string $passphrase): string
    {
        return $this->phpHashHmac($this->getAlgorithm(), $payload, $passphrase, true);
    }

    public function verify(string $source, string $payload, #[\SensitiveParameter] string $passphrase): bool
    {
        return $this->phpHashEquals($source, $this->sign($payload, $passphrase));
    }
}
