<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Arr;

use Phalcon\Traits\Support\Helper\Arr\FilterTrait;

/** What helpers for arrays have in common that take a filter. */
abstract class AbstractArr
{
    use FilterTrait;
}
