<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Libmemcached as StorageLibmemcached;

/** Phalcon\Storage\Adapter\Libmemcached for Phalcon\Cache. */
class Libmemcached extends StorageLibmemcached implements AdapterInterface
{
    protected $eventType = 'cache';
}
