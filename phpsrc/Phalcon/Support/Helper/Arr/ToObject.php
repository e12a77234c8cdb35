<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** An object with the elements as properties. */
class ToObject
{
    public function __invoke(array $collection): object
    {
        return (object)$collection;
    }
}
