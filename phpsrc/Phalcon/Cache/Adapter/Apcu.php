<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Apcu as StorageApcu;

/** Phalcon\Storage\Adapter\Apcu for Phalcon\Cache. */
class Apcu extends StorageApcu implements AdapterInterface
{
    protected $eventType = 'cache';
}
