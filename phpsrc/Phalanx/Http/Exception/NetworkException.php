<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** The connection broke, or what came was not HTTP. The server may have acted on the request. */
final class NetworkException extends HttpException
{
}
