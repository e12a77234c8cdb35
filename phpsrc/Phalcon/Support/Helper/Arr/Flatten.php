<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** An array whose arrays, to any depth or one level of them, are replaced by their elements. */
class Flatten
{
    public function __invoke(array $collection, bool $deep = false): array
    {
        $flat = [];
        foreach ($collection as $item) {
            if (!is_array($item)) {
                $flat[] = $item;
            } else {
                array_push($flat, ...($deep ? $this->__invoke($item, true) : array_values($item)));
            }
        }

        return $flat;
    }
}
