<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** As often the number of bytes as it says. */
class Pkcs7 implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return str_repeat(chr($paddingSize), $paddingSize);
    }

    public function unpad(string $input, int $blockSize): int
    {
        $size = ord(substr($input, -1));
        if ($size === 0 || $size > $blockSize) {
            return 0;
        }

        return substr($input, -$size) === str_repeat(chr($size), $size) ? $size : 0;
    }
}
