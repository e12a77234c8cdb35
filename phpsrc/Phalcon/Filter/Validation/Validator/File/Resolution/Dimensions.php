<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Validator\File\Resolution;

/** Width and height, in pixels or as a ratio. */
final class Dimensions
{
    private function __construct(public readonly int $width, public readonly int $height)
    {
    }

    /** Of an image; null for a file that is none, or is not there. */
    public static function ofFile(?string $path): ?self
    {
        // PHP has a notice for files that end too early.
        $size = $path === null || $path === '' ? false : @getimagesize($path);

        return $size === false ? null : new self($size[0], $size[1]);
    }

    /** Of a text such as "800x600". */
    public static function parse(string $text): self
    {
        $sides = explode('x', $text);

        return new self((int) $sides[0], (int) ($sides[1] ?? 0));
    }
}
