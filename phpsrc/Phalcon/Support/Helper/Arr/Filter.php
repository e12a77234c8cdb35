<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** The elements that a callback says yes to. */
class Filter extends AbstractArr
{
    public function __invoke(array $collection, $method = null)
    {
        return self::toFilter($collection, $method);
    }
}
