<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The memcached extension itself serializes, as JSON. */
class MemcachedJson extends None
{
}
