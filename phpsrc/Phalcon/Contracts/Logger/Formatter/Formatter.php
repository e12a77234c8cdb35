<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Logger\Formatter;

use Phalcon\Logger\Item;

/** Writes a log item as text. */
interface Formatter
{
    public function format(Item $item): string;
}
