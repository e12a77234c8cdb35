<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** The address is not public, and the client has denyPrivate. */
final class BlockedAddressException extends ConnectException
{
}
