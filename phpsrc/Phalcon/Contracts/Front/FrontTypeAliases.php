<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Front;

/** Holds type aliases for static analysers. */
interface FrontTypeAliases
{
}
