<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Arr;

/** Filters an array with a callable; without one it stays as it is. */
trait FilterTrait
{
    protected static function toFilter(array $collection, $method = null): array
    {
        return is_callable($method) ? array_filter($collection, $method) : $collection;
    }
}
