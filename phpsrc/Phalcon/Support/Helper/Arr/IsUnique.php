<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** Whether no two elements are equal. */
class IsUnique
{
    public function __invoke(array $collection): bool
    {
        return count($collection) === count(array_unique($collection));
    }
}
