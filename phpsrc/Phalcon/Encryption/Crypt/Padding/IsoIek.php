<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** One byte 0x80, and NUL bytes. */
class IsoIek implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return "\x80" . str_repeat("\0", $paddingSize - 1);
    }

    public function unpad(string $input, int $blockSize): int
    {
        $zeros = min(strlen($input) - strlen(rtrim($input, "\0")), $blockSize, max(0, strlen($input) - 1));

        return substr($input, -$zeros - 1, 1) === "\x80" ? $zeros + 1 : 0;
    }
}
