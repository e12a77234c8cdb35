<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** Whether a callback says yes to an element. */
class ValidateAny extends AbstractArr
{
    public function __invoke(array $collection, $method): bool
    {
        return self::toFilter($collection, $method) !== [];
    }
}
