<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Writes "SomeWords" as "some_words". */
trait UncamelizeTrait
{
    protected static function toUncamelize(string $text, string $delimiter = '_'): string
    {
        return strtolower(preg_replace('/(?<!^)(?=[A-Z])/', addcslashes($delimiter, '\\$'), $text));
    }
}
