<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Encryption\Crypt\Padding;

/** Fills a block of plain text and takes the filling away. */
interface Pad
{
    public function pad(int $paddingSize): string;

    public function unpad(string $input, int $blockSize): int;
}
