<?php

declare(strict_types=1);

namespace Phalanx\Sql\Exception;

use Phalanx\Sql\Exception;

/** No connection became free within waitTimeout; the message says what holds them. */
final class PoolExhausted extends Exception
{
}
