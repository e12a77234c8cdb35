<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** Whether there is an element of this key, be it null. */
class Has
{
    public function __invoke(array $collection, $index): bool
    {
        return array_key_exists($index, $collection);
    }
}
