<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

/** A random machine; the multicast bit says that it is none: RFC 9562, 6.10. */
class RandomNodeProvider implements NodeProviderInterface
{
    public function getNode(): string
    {
        $bytes = random_bytes(6);
        $bytes[0] = chr(ord($bytes[0]) | 0x01);

        return bin2hex($bytes);
    }
}
