<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** There was no connection: the name is unknown, nobody listens, a proxy refused. The server has not seen the request. */
class ConnectException extends HttpException
{
}
