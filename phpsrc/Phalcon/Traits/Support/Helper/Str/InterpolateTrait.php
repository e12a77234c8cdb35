<?php

declare(strict_types=1);

namespace Phalcon\Traits\Support\Helper\Str;

/** Puts the values of $context where their names stand between $left and $right. */
trait InterpolateTrait
{
    protected static function toInterpolate(
        string $input,
        array $context = [],
        string $left = '%',
        string $right = '%'
    ): string {
        if ($context === [] || !str_contains($input, $left)) {
            return $input;
        }
        $replacements = [];
        foreach ($context as $name => $value) {
            $replacements[$left . $name . $right] = $value;
        }

        return strtr($input, $replacements);
    }
}
