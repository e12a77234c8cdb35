<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The program asks for what cannot be: a DSN that is none, a command that would disturb others. */
final class UsageException extends RedisException
{
}
