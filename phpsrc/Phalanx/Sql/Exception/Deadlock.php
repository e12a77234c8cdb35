<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** Another transaction was in the way: deadlock, serialization failure, lock time-out, a busy SQLite file. */
final class Deadlock extends Exception
{
}
