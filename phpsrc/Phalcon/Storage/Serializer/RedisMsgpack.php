<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The Redis client itself serializes, by msgpack. */
class RedisMsgpack extends None
{
}
