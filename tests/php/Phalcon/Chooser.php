<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

/** A class that an attacker would like to have made. */
final class Chooser
{
    public static int $made = 0;

    public mixed $inner = null;

    public function __wakeup(): void
    {
        self::$made++;
    }
}
