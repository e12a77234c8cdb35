<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

use Phalcon\Traits\Support\Helper\Str\EndsWithTrait;
use Phalcon\Traits\Support\Helper\Str\InterpolateTrait;
use Phalcon\Traits\Support\Helper\Str\LowerTrait;
use Phalcon\Traits\Support\Helper\Str\StartsWithTrait;
use Phalcon\Traits\Support\Helper\Str\UpperTrait;

/** What helpers for strings have in common. */
abstract class AbstractStr
{
    use EndsWithTrait;
    use InterpolateTrait;
    use LowerTrait;
    use StartsWithTrait;
    use UpperTrait;
}
