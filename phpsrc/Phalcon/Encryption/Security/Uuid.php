<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security;

use Phalcon\Encryption\Security\Uuid\Version1;
use Phalcon\Encryption\Security\Uuid\Version3;
use Phalcon\Encryption\Security\Uuid\Version4;
use Phalcon\Encryption\Security\Uuid\Version5;
use Phalcon\Encryption\Security\Uuid\Version6;
use Phalcon\Encryption\Security\Uuid\Version7;

/** Makes UUIDs: RFC 9562. */
class Uuid
{
    /** Of the time and the machine's address. */
    public function v1(): Version1
    {
        return new Version1();
    }

    /** Of a name, by MD5. */
    public function v3(string $namespaceName, string $name): Version3
    {
        return new Version3($namespaceName, $name);
    }

    /** Random. */
    public function v4(): Version4
    {
        return new Version4();
    }

    /** Of a name, by SHA-1. */
    public function v5(string $namespaceName, string $name): Version5
    {
        return new Version5($namespaceName, $name);
    }

    /** Of the time and the machine's address, in the order of time. */
    public function v6(): Version6
    {
        return new Version6();
    }

    /** Of the time, in its order, and random. */
    public function v7(): Version7
    {
        return new Version7();
    }
}
