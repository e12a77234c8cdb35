<?php

declare(strict_types=1);

namespace Phalcon\Logger\Adapter;

use Phalcon\Logger\Item;

/** Writes nothing. */
class Noop extends AbstractAdapter
{
    public function close(): bool
    {
        return true;
    }

    public function process(Item $item): void
    {
    }
}
