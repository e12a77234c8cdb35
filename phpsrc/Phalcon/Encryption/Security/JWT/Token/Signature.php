<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Token;

/** The signature of a token. */
class Signature extends AbstractItem
{
    public function __construct(string $hash = '', string $encoded = '')
    {
        $this->data['encoded'] = $encoded;
        $this->data['hash'] = $hash;
    }

    public function getHash(): string
    {
        return $this->data['hash'];
    }
}
