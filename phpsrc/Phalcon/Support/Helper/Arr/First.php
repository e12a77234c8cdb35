<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The first element, of those that a callback says yes to if there is one; false when there is none. */
class First extends AbstractArr
{
    public function __invoke(array $collection, $method = null)
    {
        $filtered = self::toFilter($collection, $method);

        return reset($filtered);
    }
}
