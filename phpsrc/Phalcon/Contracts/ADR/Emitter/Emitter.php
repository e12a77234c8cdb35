<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Emitter;

use Phalcon\Http\ResponseInterface;

/** Sends a finished response to the client. */
interface Emitter
{
    public function emit(ResponseInterface $response): void;
}
