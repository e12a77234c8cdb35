<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

/** A column that must have a value has none. */
final class NotNullViolation extends ConstraintViolation
{
}
