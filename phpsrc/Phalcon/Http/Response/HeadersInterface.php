<?php

declare(strict_types=1);

namespace Phalcon\Http\Response;

/** Headers of a response. */
interface HeadersInterface
{
    public function get(string $name): string|bool|null;

    public function has(string $name): bool;

    public function reset(): void;

    public function send(): bool;

    public function set(string $name, string $value): HeadersInterface;

    public function setRaw(string $header): HeadersInterface;
}
