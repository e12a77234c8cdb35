<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

use InvalidArgumentException;
use Phalanx\Exception\ExceptionInterface;

/** A request, or a client's setting, that makes no sense; nothing was sent. */
final class InvalidRequestException extends InvalidArgumentException implements ExceptionInterface
{
}
