<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Words joined, each with a capital. */
class PascalCase
{
    public function __invoke(string $text, ?string $delimiters = null): string
    {
        $words = array_map(
            static fn (string $word): string => ucfirst(mb_strtolower($word)),
            $this->processArray($text, $delimiters),
        );

        return implode('', $words);
    }

    /** The words of a text; delimiters, "-_" by default, are characters of a class of regular expressions. */
    protected function processArray(string $text, ?string $delimiters = null): array
    {
        $delimiters ??= '-_';
        if (str_contains($delimiters, '-')) {
            // A hyphen in the middle would make a range.
            $delimiters = '-' . str_replace(['\-', '-'], '', $delimiters);
        }

        return preg_split("/[$delimiters]+/", $text, -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY) ?: [];
    }
}
