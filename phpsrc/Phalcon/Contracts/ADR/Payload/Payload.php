<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Payload;

use Throwable;

/** What the domain tells the responder: status, result, messages. Immutable: the with methods answer a copy. */
interface Payload
{
    public function getException(): ?Throwable;

    public function getExtras();

    public function getInput();

    public function getMessages();

    public function getResult();

    public function getStatus();

    public function withException(Throwable $exception): Payload;

    public function withExtras($extras): Payload;

    public function withInput($input): Payload;

    public function withMessages($messages): Payload;

    public function withResult($result): Payload;

    public function withStatus($status): Payload;
}
