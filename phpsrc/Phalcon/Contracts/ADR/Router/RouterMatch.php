<?php

declare(strict_types=1);

namespace Phalcon\Contracts\ADR\Router;

/** What the router found for a request. */
interface RouterMatch
{
    public function getAction(): string;

    public function getAttributes(): array;

    public function getMiddleware(): array;

    public function getName(): ?string;
}
