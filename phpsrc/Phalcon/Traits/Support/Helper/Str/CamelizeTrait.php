<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Writes "some-words" as "SomeWords". Each character of $delimiters ends a word. */
trait CamelizeTrait
{
    public static function toCamelize(string $text, string $delimiters = '-_', bool $lowerFirst = false): string
    {
        $camelized = str_replace(str_split($delimiters), '', ucwords(strtolower($text), $delimiters));

        return $lowerFirst ? lcfirst($camelized) : $camelized;
    }
}
