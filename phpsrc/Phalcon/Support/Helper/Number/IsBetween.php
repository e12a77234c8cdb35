<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Number;

/** Whether a number lies between two others or is one of them. */
class IsBetween
{
    public function __invoke(int $value, int $start, int $end): bool
    {
        return $value >= $start && $value <= $end;
    }
}
