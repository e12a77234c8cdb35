<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

use Stringable;

/** Values as the text that validators look at. */
final class Text
{
    /** Null for what has no text: arrays, which a form can send for any field, and objects that are not Stringable. */
    public static function of(mixed $value): ?string
    {
        return $value === null || is_scalar($value) || $value instanceof Stringable ? (string) $value : null;
    }
}
