<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

use APCUIterator;

/** The functions of ext-apcu, each behind a method that a subclass can replace. */
trait ApcuTrait
{
    protected static function phpApcuDec($key, int $step = 1): int|bool
    {
        return apcu_dec($key, $step);
    }

    protected static function phpApcuDelete($key): array|bool
    {
        return apcu_delete($key);
    }

    protected static function phpApcuExists($key): array|bool
    {
        return apcu_exists($key);
    }

    protected static function phpApcuFetch($key)
    {
        return apcu_fetch($key);
    }

    protected static function phpApcuInc($key, int $step = 1): int|bool
    {
        return apcu_inc($key, $step);
    }

    protected static function phpApcuIterator(string $pattern): APCUIterator|bool
    {
        return new APCUIterator($pattern);
    }

    protected static function phpApcuStore($key, $payload, int $ttl = 0): array|bool
    {
        return apcu_store($key, $payload, $ttl);
    }
}
