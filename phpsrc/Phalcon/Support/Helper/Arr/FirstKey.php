<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The first element's key, as First finds it; null when there is none. */
class FirstKey extends AbstractArr
{
    public function __invoke(array $collection, $method = null)
    {
        return array_key_first(self::toFilter($collection, $method));
    }
}
