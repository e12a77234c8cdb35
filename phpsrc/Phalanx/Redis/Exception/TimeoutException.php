<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The server has not answered in time. A command that writes may have been carried out. */
final class TimeoutException extends RedisException
{
}
