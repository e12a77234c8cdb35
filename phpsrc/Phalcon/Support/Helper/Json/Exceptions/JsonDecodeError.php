<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Json\Exceptions;

use InvalidArgumentException;
use Throwable;

/** What was to be decoded is no JSON. */
class JsonDecodeError extends InvalidArgumentException
{
    public function __construct(string $message = '', int $code = 0, ?Throwable $previous = null)
    {
        parent::__construct("json_decode error: $message", $code, $previous);
    }
}
