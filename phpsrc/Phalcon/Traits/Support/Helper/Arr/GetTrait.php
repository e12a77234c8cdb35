<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Arr;

/** Reads an array element with a default, and casts it to a type of settype(). */
trait GetTrait
{
    protected static function getArrVal(array $collection, $index, $defaultValue = null, ?string $cast = null)
    {
        $value = $collection[$index] ?? $defaultValue;
        if ($cast !== null && $cast !== '') {
            settype($value, $cast);
        }

        return $value;
    }
}
