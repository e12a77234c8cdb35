<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Security\Uuid;

use DateTimeInterface;

/**
 * The time as UUIDs count it: tenths of microseconds since the Gregorian calendar began, 1582-10-15.
 *
 * @internal
 */
final class Timestamp
{
    private const SECONDS_TO_1970 = 12219292800;

    public static function now(): int
    {
        [$fraction, $seconds] = explode(' ', microtime());

        return ((int) $seconds + self::SECONDS_TO_1970) * 10000000 + (int) substr($fraction, 2, 7);
    }

    public static function of(DateTimeInterface $dateTime): int
    {
        return ($dateTime->getTimestamp() + self::SECONDS_TO_1970) * 10000000 + (int) $dateTime->format('u') * 10;
    }

    /** Four hexadecimal digits: the variant, and 14 bits that tell UUIDs of one time apart. */
    public static function clockSequence(): string
    {
        $bytes = random_bytes(2);
        $bytes[0] = chr(ord($bytes[0]) & 0x3f | 0x80);

        return bin2hex($bytes);
    }
}
