<?php

declare(strict_types=1);

namespace Phalanx\Sql;

use Phalanx\Exception\ExceptionInterface;
use RuntimeException;

/**
 * What a database has refused, or could not do. The message begins with the SQLSTATE; values of parameters and
 * passwords are in none of the properties, unless the server quotes them in its own message or detail.
 */
class Exception extends RuntimeException implements ExceptionInterface
{
    /** Five characters, "HY000" where nothing better is known. */
    public string $sqlState = 'HY000';

    /** The driver's own number; 0 in PostgreSQL. It is also the exception's code. */
    public int $driverCode = 0;

    /** The statement as it was given, its first 2,000 bytes. */
    public string $sql = '';

    /** What the server says, without the SQLSTATE before it. */
    public string $serverMessage = '';

    /** What the server adds, or "". */
    public string $detail = '';

    public string $hint = '';

    /** The violated constraint, with its table and column, as far as the server names them. */
    public string $constraint = '';

    public string $table = '';

    public string $column = '';

    /** Whether the same may succeed when it is tried again: deadlocks, serialization failures, locks. */
    public function isRetryable(): bool
    {
        return $this instanceof Exception\Deadlock;
    }
}
