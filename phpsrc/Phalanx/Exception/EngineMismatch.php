<?php

declare(strict_types=1);

namespace Phalanx\Exception;

use RuntimeException;

/** The engine is absent, or of a version that the classes do not fit. */
final class EngineMismatch extends RuntimeException implements ExceptionInterface
{
}
