<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** A watched key has changed in each attempt of Phalanx\Redis::watch(). */
final class ConflictException extends RedisException
{
}
