<?php

declare(strict_types=1);

namespace Phalcon\Cache;

use Phalcon\Contracts\Cache\Cache as CacheContract;

/** A cache, as PSR-16 describes one. */
interface CacheInterface extends CacheContract
{
}
