<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Token;

/** The header or the claims of a token. */
class Item extends AbstractItem
{
    public function __construct(array $payload, string $encoded)
    {
        $this->data['encoded'] = $encoded;
        $this->data['payload'] = $payload;
    }

    public function get(string $name, $defaultValue = null)
    {
        return $this->data['payload'][$name] ?? $defaultValue;
    }

    public function getPayload(): array
    {
        return $this->data['payload'];
    }

    public function has(string $name): bool
    {
        return isset($this->data['payload'][$name]);
    }
}
