<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Logger;

use Phalcon\Contracts\Logger\Adapter\Adapter;

/** A logger with the levels and methods of PSR-3. */
interface Logger
{
    public function alert(string $message, array $context = []): void;

    public function critical(string $message, array $context = []): void;

    public function debug(string $message, array $context = []): void;

    public function emergency(string $message, array $context = []): void;

    public function error(string $message, array $context = []): void;

    public function getAdapter(string $name): Adapter;

    public function getAdapters(): array;

    public function getLogLevel(): int;

    public function getName(): string;

    public function info(string $message, array $context = []): void;

    public function log($level, string $message, array $context = []): void;

    public function notice(string $message, array $context = []): void;

    public function trace(string $message, array $context = []): void;

    public function warning(string $message, array $context = []): void;
}
