<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** A text of letters by chance. Not for secrets: Security\Random is. */
class Random
{
    public const RANDOM_ALNUM = 0;
    public const RANDOM_ALPHA = 1;
    public const RANDOM_DISTINCT = 5;
    public const RANDOM_HEXDEC = 2;
    public const RANDOM_NOZERO = 4;
    public const RANDOM_NUMERIC = 3;

    public function __invoke(int $type = 0, int $length = 8): string
    {
        $letters = implode('', range('a', 'z'));
        $capitals = strtoupper($letters);
        $pool = match ($type) {
            self::RANDOM_ALPHA => $letters . $capitals,
            self::RANDOM_HEXDEC => '0123456789abcdef',
            self::RANDOM_NUMERIC => '0123456789',
            self::RANDOM_NOZERO => '123456789',
            self::RANDOM_DISTINCT => '2345679ACDEFHJKLMNPRSTUVWXYZ',
            default => '0123456789' . $letters . $capitals,
        };
        $text = '';
        while (strlen($text) < $length) {
            $text .= $pool[mt_rand(0, strlen($pool) - 1)];
        }

        return $text;
    }
}
