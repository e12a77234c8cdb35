<?php

declare(strict_types=1);

namespace Phalcon\Time\Clock\Exceptions;

use Phalcon\Time\Clock\Exception;
use Throwable;

/** DateTimeImmutable::modify() does not understand what FrozenClock::adjust() was given. */
class InvalidModifier extends Exception
{
    public function __construct(string $modifier, ?Throwable $ex = null)
    {
        parent::__construct("Invalid modifier: \"$modifier\"", 0, $ex);
    }
}
