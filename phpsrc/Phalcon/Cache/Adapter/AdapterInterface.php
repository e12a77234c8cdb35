<?php

declare(strict_types=1);

namespace Phalcon\Cache\Adapter;

use Phalcon\Storage\Adapter\AdapterInterface as StorageAdapterInterface;

/** What Phalcon\Cache\Cache keeps its values in. */
interface AdapterInterface extends StorageAdapterInterface
{
}
