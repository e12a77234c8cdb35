<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The Redis client stores values as texts. */
class RedisNone extends None
{
}
