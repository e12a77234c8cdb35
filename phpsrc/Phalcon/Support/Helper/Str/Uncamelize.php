<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\UncamelizeTrait;

/** Writes "SomeWords" as "some_words". */
class Uncamelize
{
    use UncamelizeTrait;


    public function __invoke(string $text, string $delimiter = '_'): string
    {
        return self::toUncamelize($text, $delimiter);
    }
}
