<?php

declare(strict_types=1);

namespace Shop;

use RuntimeException;

/** An answer other than the wanted one; its text may be shown to anyone. */
final class Refusal extends RuntimeException
{
    /** @param array<string, string> $headers */
    public function __construct(public readonly int $status, string $text, public readonly array $headers = [])
    {
        parent::__construct($text);
    }
}
