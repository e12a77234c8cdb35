<?php

declare(strict_types=1);

namespace Phalanx\Exception;

/** Nobody wants the result any more: the task was cancelled, or the worker stops. */
class CancelledException extends GoException
{
}
