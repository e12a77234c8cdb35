<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

/** There is such a row already. */
final class UniqueViolation extends ConstraintViolation
{
}
