<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Responder\Formatter;

use Phalcon\Contracts\ADR\Payload\Payload;

/** Writes a payload in one media type. */
interface Formatter
{
    public function accepts(string $acceptHeader): bool;

    public function contentType(): string;

    public function format(Payload $payload): string;
}
