<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Contracts\Acl\ComponentAware;

/** An object that is a component, or belongs to one: a record. */
interface ComponentAwareInterface extends ComponentAware
{
}
