<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** An array with one element more, or another one at this key. */
class Set
{
    public function __invoke(array $collection, $value, $index = null): array
    {
        if ($index === null) {
            $collection[] = $value;
        } else {
            $collection[$index] = $value;
        }

        return $collection;
    }
}
