<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** The server refused a statement, for a reason without a class of its own. */
class QueryException extends Exception
{
}
