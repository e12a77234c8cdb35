<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Responder;

use Phalcon\Contracts\ADR\Payload\Payload;
use Phalcon\Http\RequestInterface;
use Phalcon\Http\ResponseInterface;

/** Turns a payload into a response. */
interface Responder
{
    public function __invoke(
        RequestInterface $request,
        ResponseInterface $response,
        Payload $payload
    ): ResponseInterface;
}
