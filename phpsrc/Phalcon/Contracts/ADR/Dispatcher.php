<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR;

use Phalcon\Contracts\Http\AttributeRequest;
use Phalcon\Http\ResponseInterface;

/** Runs an action behind its middleware. */
interface Dispatcher
{
    public function dispatch(
        string $actionClass,
        AttributeRequest $request,
        array $routeMiddleware = []
    ): ResponseInterface;
}
