<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Acl\Traits\ItemTrait;
use Stringable;

/** What roles and components have in common. */
abstract class AbstractElement implements Stringable
{
    use ItemTrait;
}
