<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;
use Psr\SimpleCache\InvalidArgumentException as PsrException;

/** A key or a time to live that PSR-16 does not allow. */
final class SimpleCacheException extends InvalidArgumentException implements PsrException, ExceptionInterface
{
}
