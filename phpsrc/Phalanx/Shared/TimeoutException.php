<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Exception\TimeoutException as Timeout;

/** What was waited for has not come in time: a permit, a value of a channel, room in it, another's computation. */
class TimeoutException extends Timeout
{
}
