<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A message that comes back when nobody acknowledges it in time. */
interface VisibilityAware
{
}
