<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Exception;

use RuntimeException;

/** Source: workerman/coroutine 1.1.4. */
class PoolException extends RuntimeException
{
}
