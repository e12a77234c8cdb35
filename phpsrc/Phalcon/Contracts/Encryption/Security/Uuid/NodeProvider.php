<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Security\Uuid;

/** Tells the 48 bits that name this machine in a time-based UUID (RFC 9562). */
interface NodeProvider
{
    public function getNode(): string;
}
