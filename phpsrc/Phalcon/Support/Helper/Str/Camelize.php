<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\CamelizeTrait;

/** Writes "some-words" as "SomeWords". */
class Camelize
{
    use CamelizeTrait;


    public function __invoke(string $text, ?string $delimiters = null, bool $lowerFirst = false): string
    {
        return self::toCamelize($text, $delimiters ?? '-_', $lowerFirst);
    }
}
