<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/**
 * PHP's serialisation behind methods that a subclass can replace. $options are those of unserialize():
 * allowed_classes, max_depth.
 */
trait SerializeTrait
{
    protected static function phpSerialize($value): string
    {
        return serialize($value);
    }

    protected static function phpUnserialize(string $data, array $options = []): mixed
    {
        return unserialize($data, $options);
    }
}
