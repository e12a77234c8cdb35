<?php

declare(strict_types=1);

namespace Phalanx\Trace;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;

/** Tracing that cannot be configured as it is asked for. */
final class TraceException extends InvalidArgumentException implements ExceptionInterface
{
}
