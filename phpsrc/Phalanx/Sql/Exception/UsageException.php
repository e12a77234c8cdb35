<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** The call makes no sense here: a wrong option, a transaction that is over, rows where there are none. */
final class UsageException extends Exception
{
}
