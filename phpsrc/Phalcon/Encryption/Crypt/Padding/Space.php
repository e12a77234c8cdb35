<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** Spaces; a text that ends with some loses them. */
class Space implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return str_repeat(' ', $paddingSize);
    }

    public function unpad(string $input, int $blockSize): int
    {
        return min(strlen($input) - strlen(rtrim($input, ' ')), $blockSize + 1);
    }
}
