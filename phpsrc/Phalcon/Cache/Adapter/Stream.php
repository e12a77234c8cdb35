<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Stream as StorageStream;

/** Phalcon\Storage\Adapter\Stream for Phalcon\Cache. */
class Stream extends StorageStream implements AdapterInterface
{
    protected $eventType = 'cache';
}
