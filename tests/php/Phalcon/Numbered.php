<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

/** A service whose methods want ints. */
final class Numbered
{
    public function __construct(public int $number)
    {
    }

    public function add(int $number): void
    {
        $this->number += $number;
    }
}
