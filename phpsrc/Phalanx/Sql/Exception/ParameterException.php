<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** Values and placeholders do not fit each other. */
final class ParameterException extends Exception
{
}
