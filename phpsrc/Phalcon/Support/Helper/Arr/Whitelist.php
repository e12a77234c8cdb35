<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The elements of these keys. */
class Whitelist extends AbstractArr
{
    public function __invoke(array $collection, array $whiteList): array
    {
        $keys = array_filter($whiteList, static fn ($key): bool => is_int($key) || is_string($key));

        return array_intersect_key($collection, array_flip($keys));
    }
}
