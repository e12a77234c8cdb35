<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** There is no connection, or it broke. A statement that had been sent may have been carried out. */
final class ConnectionException extends Exception
{
}
