<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The last element's key, as Last finds it; null when there is none. */
class LastKey extends AbstractArr
{
    public function __invoke(array $collection, $method = null)
    {
        return array_key_last(self::toFilter($collection, $method));
    }
}
