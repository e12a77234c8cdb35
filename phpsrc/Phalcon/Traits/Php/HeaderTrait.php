<?php

declare(strict_types=1);

namespace Phalcon\Traits\Php;

/** PHP's header functions, each behind a method that a subclass can replace. */
trait HeaderTrait
{
    protected static function phpHeadersSent(): bool
    {
        return headers_sent();
    }
}
