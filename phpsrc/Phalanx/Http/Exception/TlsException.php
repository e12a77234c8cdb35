<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** TLS was not agreed on: the certificate is not trusted, has another name, or lacks a pinned key. */
final class TlsException extends HttpException
{
}
