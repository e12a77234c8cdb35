<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\JWT\Exceptions;

use Exception;

/** A token is not what it should be. */
class ValidatorException extends Exception
{
}
