<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR;

use Phalcon\Contracts\Http\AttributeRequest;
use Phalcon\Http\ResponseInterface;

/** Works before and after the handler it wraps, or answers in its place. */
interface Middleware
{
    public function __invoke(AttributeRequest $request, Handler $next): ResponseInterface;
}
