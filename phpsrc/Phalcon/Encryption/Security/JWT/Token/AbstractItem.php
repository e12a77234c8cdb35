<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Token;

/** What parts of a token have in common. */
abstract class AbstractItem
{
    protected $data = [];

    public function getEncoded(): string
    {
        return $this->data['encoded'];
    }
}
