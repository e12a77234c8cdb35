<?php

declare(strict_types=1);

namespace Phalanx\Log;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;

/** A log that cannot be opened as it is described, or a level that does not exist. */
final class LogException extends InvalidArgumentException implements ExceptionInterface
{
}
