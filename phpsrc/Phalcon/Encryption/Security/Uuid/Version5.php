<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

/** A UUID of a name, by SHA-1: RFC 9562, 5.5. */
class Version5 extends AbstractUuid
{
    public function __construct(string $namespaceName, string $name)
    {
        $hash = substr(sha1($this->namespaceToBytes($namespaceName) . $name, true), 0, 16);
        $hash[6] = chr(ord($hash[6]) & 0x0f | 0x50);
        $hash[8] = chr(ord($hash[8]) & 0x3f | 0x80);
        $this->uid = $this->format(bin2hex($hash));
    }
}
