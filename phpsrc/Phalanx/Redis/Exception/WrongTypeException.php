<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

/** The key holds a value of another type (WRONGTYPE). */
final class WrongTypeException extends CommandException
{
}
