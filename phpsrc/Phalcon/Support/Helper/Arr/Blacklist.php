<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** An array without the elements of these keys. */
class Blacklist extends AbstractArr
{
    public function __invoke(array $collection, array $blackList): array
    {
        $keys = array_filter($blackList, static fn ($key): bool => is_int($key) || is_string($key));

        return array_diff_key($collection, array_flip($keys));
    }
}
