<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** The data would break a rule of the table (SQLSTATE 23...). */
class ConstraintViolation extends Exception
{
}
