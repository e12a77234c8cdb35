<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** Another has held the lock for longer than was to be waited. */
final class LockTimeoutException extends RedisException
{
}
