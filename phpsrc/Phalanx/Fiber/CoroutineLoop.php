<?php

declare(strict_types=1);

namespace Phalanx\Fiber;

/**
 * A loop that runs its callbacks in Fibers, so that they may suspend.
 *
 * @internal
 */
interface CoroutineLoop
{
}
