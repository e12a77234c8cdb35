<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

/** The statement is no SQL, or names a table or column that is not there (SQLSTATE 42...). */
final class SyntaxError extends QueryException
{
}
