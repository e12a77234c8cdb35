<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Shared\Native\Lock as NativeLock;

/**
 * One at a time, of all workers and Fibers of the server process. Found by its name.
 *
 *     (new Lock('report'))->synchronized(fn () => writeReport(), timeout: 5.0);
 *
 * @see https://github.com/phalanx-php/phalanx/blob/main/docs/shared.md
 */
final class Lock extends NativeLock
{
    use Waiting;

    /** Whether somebody has it. */
    public function isHeld(): bool
    {
        return $this->holders() !== [];
    }

    /** Who has it; null: nobody. */
    public function holder(): ?string
    {
        return $this->holders()[0]['holder'] ?? null;
    }
}
