<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Json\Exceptions;

use InvalidArgumentException;
use Throwable;

/** A value cannot be written as JSON. */
class JsonEncodeError extends InvalidArgumentException
{
    public function __construct(string $message = '', int $code = 0, ?Throwable $previous = null)
    {
        parent::__construct("json_encode error: $message", $code, $previous);
    }
}
