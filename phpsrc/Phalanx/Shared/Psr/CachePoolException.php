<?php

declare(strict_types=1);

namespace Phalanx\Shared\Psr;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;
use Psr\Cache\InvalidArgumentException as PsrException;

/** A key, an item or a time to live that PSR-6 does not allow. */
final class CachePoolException extends InvalidArgumentException implements PsrException, ExceptionInterface
{
}
