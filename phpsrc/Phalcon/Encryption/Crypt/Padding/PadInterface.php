<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

use Phalcon\Contracts\Encryption\Crypt\Padding\Pad;

/** Fills the last block of a text, and finds how much of it is filling. */
interface PadInterface extends Pad
{
}
