<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Support\Helper\Str\Exceptions\InvalidReplaceFormat;

/** A text as part of a URL: letters and digits of ASCII, the rest replaced by separators or by what comes near. */
class Friendly extends AbstractStr
{
    /** What stands for letters beyond ASCII; the values are what applications have in their URLs. */
    private const LETTERS = [
        'A' => 'ÀÁÂÃÄÅÆ', 'B' => 'Þ', 'C' => 'ČĆÇ', 'Dj' => 'ĐÐ', 'E' => 'ÈÉÊË', 'I' => 'ÌÍÎÏ',
        'N' => 'Ñ', 'O' => 'ÒÓÔÕÖØ', 'R' => 'Ŕ', 'S' => 'Š', 'Ss' => 'ß', 'U' => 'ÙÚÛÜ', 'Y' => 'Ý',
        'Z' => 'Ž', 'a' => 'àáâãäåæ', 'b' => 'þ', 'c' => 'čćç', 'dj' => 'đ', 'e' => 'èéêëē',
        'i' => 'ìíîï', 'n' => 'ñ', 'o' => 'ðòóôõöø', 'r' => 'ŕ', 's' => 'š', 'u' => 'ùúûü', 'y' => 'ýÿ',
        'z' => 'ž',
    ];

    /** @var array<string, string>|null LETTERS the other way round */
    private static ?array $matrix = null;

    public function __invoke(string $text, string $separator = '-', bool $lowercase = true, $replace = null): string
    {
        $matrix = $this->matrix($replace ? $this->checkReplace($replace) : []);
        $ascii = str_replace(array_keys($matrix), array_values($matrix), $text);
        $friendly = preg_replace('#[^a-zA-Z0-9/_|+ -]#', '', $ascii);
        if ($lowercase) {
            $friendly = self::toLower($friendly);
        }

        return trim(preg_replace('#[/_|+ -]+#', $separator, $friendly), $separator);
    }

    /** @return array<string> */
    private function checkReplace(mixed $replace): array
    {
        if (!is_array($replace) && !is_string($replace)) {
            throw new InvalidReplaceFormat('Parameter replace must be an array or a string');
        }

        return (array)$replace;
    }

    /**
     * @param array<string> $replace
     * @return array<string, string>
     */
    private function matrix(array $replace): array
    {
        if (self::$matrix === null) {
            self::$matrix = ["'" => '', '&' => ' and ', "\r\n" => ' ', "\n" => ' '];
            foreach (self::LETTERS as $ascii => $letters) {
                self::$matrix += array_fill_keys(mb_str_split($letters), $ascii);
            }
        }

        return array_merge(self::$matrix, array_fill_keys($replace, ' '));
    }
}
