<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Flash;

/** Messages that a page shows its user once. */
interface Flash
{
    public function error(string $message): ?string;

    public function message(string $type, string $message): ?string;

    public function notice(string $message): ?string;

    public function success(string $message): ?string;

    public function warning(string $message): ?string;
}
