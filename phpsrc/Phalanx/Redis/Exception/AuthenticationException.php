<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The user, the password or the rights are wrong (NOAUTH, WRONGPASS, NOPERM). */
final class AuthenticationException extends CommandException
{
}
