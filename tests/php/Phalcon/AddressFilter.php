<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

/** Stands for the "filter" service: knows "ip" only. */
final class AddressFilter
{
    public function sanitize(mixed $value, mixed $filters): string|false
    {
        $flags = $filters['ip']['filter'] ?? 0;

        return filter_var(explode('/', $value)[0], FILTER_VALIDATE_IP, $flags) === false ? false : $value;
    }
}
