<?php

declare(strict_types=1);

namespace Phalanx\Metrics;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;

/** A metric that cannot be registered as it is described, or a value that it cannot have. */
final class MetricException extends InvalidArgumentException implements ExceptionInterface
{
}
