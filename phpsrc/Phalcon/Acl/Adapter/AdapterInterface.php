<?php

declare(strict_types=1);

namespace Phalcon\Acl\Adapter;

use Phalcon\Contracts\Acl\Adapter\Adapter;

/** An access list. */
interface AdapterInterface extends Adapter
{
}
