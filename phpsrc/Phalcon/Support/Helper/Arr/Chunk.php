<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** An array in pieces of this many elements. */
class Chunk
{
    public function __invoke(array $collection, int $size, bool $preserveKeys = false): array
    {
        return array_chunk($collection, $size, $preserveKeys);
    }
}
