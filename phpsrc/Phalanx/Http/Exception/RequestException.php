<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** The request cannot be completed as it is, or the response is not one to take: see its subclasses. */
class RequestException extends HttpException
{
}
