<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Shared as StorageShared;

/** Phalcon\Storage\Adapter\Shared for Phalcon\Cache. Not in the extension. */
class Shared extends StorageShared implements AdapterInterface
{
    protected $eventType = 'cache';
}
