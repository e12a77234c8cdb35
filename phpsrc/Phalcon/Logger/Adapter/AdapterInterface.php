<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter;

use Phalcon\Contracts\Logger\Adapter\Adapter;

/** Writes log items somewhere, one by one or as a transaction. */
interface AdapterInterface extends Adapter
{
}
