<?php

declare(strict_types=1);

namespace Phalcon\Cache\Exception;

use Exception as BaseException;

/** A key with characters that keys cannot have, or no keys where there should be some. */
class InvalidArgumentException extends BaseException
{
}
