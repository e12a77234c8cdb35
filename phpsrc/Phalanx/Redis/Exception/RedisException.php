<?php

declare(strict_types=1);

namespace Phalanx\Redis\Exception;

use Phalanx\Exception\ExceptionInterface;
use RuntimeException;

/** Whatever Phalanx\Redis throws. */
class RedisException extends RuntimeException implements ExceptionInterface
{
    protected string $command = '';

    /** The name of the command; '' where it was none. */
    final public function getCommand(): string
    {
        return $this->command;
    }
}
