<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

/**
 * The lock of a session that one Fiber holds.
 *
 * @internal
 */
final class Lock
{
    /** '': none. */
    public string $key = '';

    public string $token = '';
}
