<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** Whether a callback says yes to all elements. */
class ValidateAll extends AbstractArr
{
    public function __invoke(array $collection, $method): bool
    {
        return count(self::toFilter($collection, $method)) === count($collection);
    }
}
