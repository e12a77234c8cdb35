<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** The body is larger than maxBytes; a line or an event of it than its limit. */
final class ResponseTooLargeException extends RequestException
{
}
