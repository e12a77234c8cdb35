<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/** An element, or a default one, cast as settype() does. */
class Get
{
    use GetTrait;


    public function __invoke(array $collection, $index, $defaultValue = null, ?string $cast = null)
    {
        return self::getArrVal($collection, $index, $defaultValue, $cast);
    }
}
