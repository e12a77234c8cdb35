<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

/** A UUID of the time, in its order, and random bits: RFC 9562, 5.7. */
class Version7 extends AbstractUuid
{
    public function __construct()
    {
        $bytes = substr(pack('J', (int) (microtime(true) * 1000)), 2) . random_bytes(10);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x70);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        $this->uid = $this->format(bin2hex($bytes));
    }
}
