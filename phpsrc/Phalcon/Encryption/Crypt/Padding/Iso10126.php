<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** Random bytes, and how many bytes there are. */
class Iso10126 implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return ($paddingSize > 1 ? random_bytes($paddingSize - 1) : '') . chr($paddingSize);
    }

    public function unpad(string $input, int $blockSize): int
    {
        return ord(substr($input, -1));
    }
}
