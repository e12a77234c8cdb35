<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Signer;

use Phalcon\Contracts\Encryption\Security\JWT\Signer\Signer;

/** Signs tokens and verifies signatures. */
interface SignerInterface extends Signer
{
}
