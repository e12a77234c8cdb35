<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR;

use Phalcon\Contracts\Http\AttributeRequest;
use Phalcon\Http\ResponseInterface;

/** Takes a request through routing, middleware and action to a response. */
interface Application
{
    public function handle(AttributeRequest $request): ResponseInterface;
}
