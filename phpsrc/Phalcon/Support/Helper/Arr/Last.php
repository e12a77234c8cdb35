<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The last element, of those that a callback says yes to if there is one; false when there is none. */
class Last extends AbstractArr
{
    public function __invoke(array $collection, $method = null)
    {
        $filtered = self::toFilter($collection, $method);

        return end($filtered);
    }
}
