<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use function pack;
use function strlen;
use function substr;
use function unpack;

/**
 * Messages behind a 4-byte big-endian length that counts itself. The engine frames them itself; this class is for
 * direct callers and subclasses.
 *
 * Source: Workerman\Protocols\Frame 5.2.2.
 */
class Frame
{
    private const PREFIX = 4; // bytes

    /** @return int length of the first message with its prefix; 0: not known yet */
    public static function input(string $buffer): int
    {
        return strlen($buffer) < self::PREFIX ? 0 : unpack('N', $buffer)[1];
    }

    public static function decode(string $buffer): string
    {
        return substr($buffer, self::PREFIX);
    }

    public static function encode(string $data): string
    {
        return pack('N', self::PREFIX + strlen($data)) . $data;
    }
}
