<?php

declare(strict_types=1);

namespace Phalanx\Exception;

use Throwable;

/** What every exception of the Phalanx namespace is. */
interface ExceptionInterface extends Throwable
{
}
