<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Contracts\Acl\Component as ComponentContract;

/** A component. */
interface ComponentInterface extends ComponentContract
{
}
