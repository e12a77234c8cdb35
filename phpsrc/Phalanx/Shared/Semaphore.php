<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Shared\Native\Semaphore as NativeSemaphore;

/**
 * Up to a number of holders at a time, of all workers and Fibers of the server process. Found by its name.
 *
 *     $slots = new Semaphore('exports', permits: 3);
 *
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/shared.md
 */
final class Semaphore extends NativeSemaphore
{
    use Waiting;
}
