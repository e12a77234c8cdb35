<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

/** A random UUID: RFC 9562, 5.4. */
class Version4 extends AbstractUuid
{
    public function __construct()
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        $this->uid = $this->format(bin2hex($bytes));
    }
}
