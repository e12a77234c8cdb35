<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Exception\GoException;

/** The channel is closed. */
class ClosedException extends GoException
{
}
