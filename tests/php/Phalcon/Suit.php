<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
}
