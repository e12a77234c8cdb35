<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** One attribute of objects or arrays, of those that have it. */
class Pluck
{
    public function __invoke(array $collection, string $element): array
    {
        $plucked = [];
        foreach ($collection as $item) {
            $value = is_object($item) ? $item->$element ?? null : $item[$element] ?? null;
            if ($value !== null) {
                $plucked[] = $value;
            }
        }

        return $plucked;
    }
}
