<?php

declare(strict_types=1);

namespace Phalanx\Exception;

/** The time that Phalanx\timeout() allowed, or one that a component was given, is over. */
class TimeoutException extends GoException
{
}
