<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Router;

/** Checks and converts what the router took from the path. */
interface AttributeFilter
{
    public function filter(string $actionClass, array $attributes): array;
}
