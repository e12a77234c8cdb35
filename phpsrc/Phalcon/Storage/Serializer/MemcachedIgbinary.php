<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer;

/** The memcached extension itself serializes, by igbinary. */
class MemcachedIgbinary extends None
{
}
