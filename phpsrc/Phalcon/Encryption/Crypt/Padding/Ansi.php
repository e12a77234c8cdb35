<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** NUL bytes, and how many bytes there are. */
class Ansi implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return str_repeat("\0", $paddingSize - 1) . chr($paddingSize);
    }

    public function unpad(string $input, int $blockSize): int
    {
        $size = ord(substr($input, -1));
        if ($size === 0 || $size > $blockSize) {
            return 0;
        }

        return substr($input, -$size) === str_repeat("\0", $size - 1) . chr($size) ? $size : 0;
    }
}
