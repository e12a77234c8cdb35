<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** The functions of ext-igbinary, each behind a method that a subclass can replace. */
trait IgbinaryTrait
{
    protected static function phpIgbinarySerialize($value): ?string
    {
        return igbinary_serialize($value);
    }

    protected static function phpIgbinaryUnserialize($value)
    {
        return igbinary_unserialize($value);
    }
}
