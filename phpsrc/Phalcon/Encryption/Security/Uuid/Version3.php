<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

/** A UUID of a name, by MD5: RFC 9562, 5.3. */
class Version3 extends AbstractUuid
{
    public function __construct(string $namespaceName, string $name)
    {
        $hash = md5($this->namespaceToBytes($namespaceName) . $name, true);
        $hash[6] = chr(ord($hash[6]) & 0x0f | 0x30);
        $hash[8] = chr(ord($hash[8]) & 0x3f | 0x80);
        $this->uid = $this->format(bin2hex($hash));
    }
}
