<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

/** The row refers to one that is not there, or is referred to. */
final class ForeignKeyViolation extends ConstraintViolation
{
}
