<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The first elements. */
class SliceLeft
{
    public function __invoke(array $collection, int $elements = 1): array
    {
        return array_slice($collection, 0, $elements);
    }
}
