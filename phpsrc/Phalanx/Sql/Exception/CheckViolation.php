<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

/** A CHECK is not met. */
final class CheckViolation extends ConstraintViolation
{
}
