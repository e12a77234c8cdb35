<?php

declare(strict_types=1);

namespace Phalanx\Password;

use Phalanx\Exception\ExceptionInterface;
use RuntimeException;

/** A password that cannot be hashed, costs out of range, or too many calls at once. */
final class PasswordException extends RuntimeException implements ExceptionInterface
{
}
