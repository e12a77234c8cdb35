<?php

declare(strict_types=1);

namespace Phalanx\Shared;

use Phalanx\Exception\GoException;

/** A limit of a shared service would be passed; the message says which, and what to do. */
class LimitException extends GoException
{
}
