<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Padding;

/** Nothing: OpenSSL fills the blocks itself. */
class Noop implements PadInterface
{
    public function pad(int $paddingSize): string
    {
        return '';
    }

    public function unpad(string $input, int $blockSize): int
    {
        return 0;
    }
}
