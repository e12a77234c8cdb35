<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use Exception;

/** A token's algorithm is not there. */
class UnsupportedAlgorithmException extends Exception
{
}
