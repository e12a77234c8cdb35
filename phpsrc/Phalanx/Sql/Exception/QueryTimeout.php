<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** The statement took longer than queryTimeout, or than the server allows, and was cancelled there. */
final class QueryTimeout extends Exception
{
}
