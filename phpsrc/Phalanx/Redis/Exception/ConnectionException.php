<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The server cannot be reached, or the connection was lost. A command that writes may have been carried out. */
final class ConnectionException extends RedisException
{
}
