<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The elements behind the first ones. */
class SliceRight
{
    public function __invoke(array $collection, int $elements = 1): array
    {
        return array_slice($collection, $elements);
    }
}
