<?php

declare(strict_types=1);

namespace Demo;

use RuntimeException;

/** A refusal the API's client is told about. */
final class ApiError extends RuntimeException
{
    /**
     * @param int $status the HTTP status
     * @param array<string, string> $fields what is wrong with which field
     * @param array<string, string> $headers further response headers
     */
    public function __construct(
        public readonly int $status,
        string $message,
        public readonly array $fields = [],
        public readonly array $headers = [],
    ) {
        parent::__construct($message);
    }
}
