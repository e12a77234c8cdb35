<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR;

use Phalcon\Contracts\Http\AttributeRequest;
use Phalcon\Http\ResponseInterface;

/** What a request can be handed to: an action, or the rest of a middleware chain. */
interface Handler
{
    public function __invoke(AttributeRequest $request): ResponseInterface;
}
