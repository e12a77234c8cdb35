<?php

declare(strict_types=1);

namespace Phalanx\Cron;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;

/** A job that cannot be scheduled as it is described. */
final class CronException extends InvalidArgumentException implements ExceptionInterface
{
}
