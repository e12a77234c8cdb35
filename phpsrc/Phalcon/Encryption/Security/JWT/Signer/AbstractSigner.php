<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Signer;

/** What signers have in common. */
abstract class AbstractSigner implements SignerInterface
{
    protected $algorithm = '';

    public function getAlgorithm(): string
    {
        return $this->algorithm;
    }
}
