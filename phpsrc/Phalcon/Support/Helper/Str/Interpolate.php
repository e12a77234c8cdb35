<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\InterpolateTrait;

/** Puts values where their names stand between tokens. */
class Interpolate
{
    use InterpolateTrait;


    public function __invoke(
        string $message,
        array $context = [],
        string $leftToken = '%',
        string $rightToken = '%'
    ): string {
        return self::toInterpolate($message, $context, $leftToken, $rightToken);
    }
}
