<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The Redis client itself serializes, as JSON. */
class RedisJson extends None
{
}
