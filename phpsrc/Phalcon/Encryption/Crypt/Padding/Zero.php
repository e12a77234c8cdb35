<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** NUL bytes; a text that ends with some loses them. */
class Zero implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return str_repeat("\0", $paddingSize);
    }

    public function unpad(string $input, int $blockSize): int
    {
        return min(strlen($input) - strlen(rtrim($input, "\0")), $blockSize + 1);
    }
}
