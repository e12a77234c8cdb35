<?php

declare(strict_types=1);

namespace Phalanx\Tests\Shared;

use DomainException;

/** An object that cannot always be unserialized. */
final class Fragile
{
    public static bool $broken = false;

    /** @param array<string, mixed> $data */
    public function __unserialize(array $data): void
    {
        if (self::$broken) {
            throw new DomainException('broken');
        }
    }
}
