<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The memcached extension itself serializes, as serialize() does. */
class MemcachedPhp extends None
{
}
