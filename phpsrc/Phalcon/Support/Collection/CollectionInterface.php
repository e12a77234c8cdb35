<?php

declare(strict_types=1);

namespace Phalcon\Support\Collection;

use Phalcon\Contracts\Support\Collection;

/** Values by name. */
interface CollectionInterface extends Collection
{
}
