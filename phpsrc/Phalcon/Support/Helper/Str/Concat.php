<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Support\Helper\Str\Exceptions\InsufficientArguments;

/** Joins strings with exactly one delimiter between them; those at the very beginning and end stay. */
class Concat extends AbstractStr
{
    public function __invoke(string $delimiter, string ...$many): string
    {
        if (count($many) < 2) {
            throw new InsufficientArguments();
        }
        $prefix = self::toStartsWith(reset($many), $delimiter, false) ? $delimiter : '';
        $suffix = self::toEndsWith(end($many), $delimiter, false) ? $delimiter : '';
        $trimmed = array_map(static fn (string $item): string => trim($item, $delimiter), $many);

        return $prefix . implode($delimiter, $trimmed) . $suffix;
    }
}
