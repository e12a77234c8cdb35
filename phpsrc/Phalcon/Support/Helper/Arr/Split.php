<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The keys and the values. */
class Split
{
    public function __invoke(array $collection): array
    {
        return [array_keys($collection), array_values($collection)];
    }
}
