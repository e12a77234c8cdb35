<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Exception\GoException;

/** The server beside which the script runs does not run, or does not answer. */
class ServerException extends GoException
{
}
