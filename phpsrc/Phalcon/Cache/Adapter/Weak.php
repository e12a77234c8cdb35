<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\Weak as StorageWeak;

/** Phalcon\Storage\Adapter\Weak for Phalcon\Cache. */
class Weak extends StorageWeak implements AdapterInterface
{
    protected $eventType = 'cache';
}
