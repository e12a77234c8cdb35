<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

/** Objects or arrays in the order of one of their attributes. Of those with the same the last one stays. */
class Order
{
    public const ORDER_ASC = 1;
    public const ORDER_DESC = 2;

    public function __invoke(array $collection, $attribute, int $order = 1, int $flags = 0): array
    {
        $sorted = [];
        foreach ($collection as $item) {
            $sorted[is_object($item) ? $item->$attribute : $item[$attribute]] = $item;
        }
        if ($order === self::ORDER_ASC) {
            ksort($sorted, $flags);
        } else {
            krsort($sorted, $flags);
        }

        return array_values($sorted);
    }
}
