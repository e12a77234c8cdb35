<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Memory as StorageMemory;

/** Phalcon\Storage\Adapter\Memory for Phalcon\Cache. */
class Memory extends StorageMemory implements AdapterInterface
{
    protected $eventType = 'cache';
}
