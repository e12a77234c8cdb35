<?php

declare(strict_types=1);

namespace Phalanx\Log;

use Phalanx\Log;
use Psr\Log\InvalidArgumentException;
use Psr\Log\LoggerInterface;

/**
 * A Phalanx\Log for code that asks for PSR-3's interface. The parameters have no types, as in psr/log 1; versions 2
 * and 3 take that as well.
 */
final class PsrLogger implements LoggerInterface
{
    public function __construct(private readonly Log $log)
    {
    }

    public function emergency($message, array $context = []): void
    {
        $this->log->emergency($message, $context);
    }

    public function alert($message, array $context = []): void
    {
        $this->log->alert($message, $context);
    }

    public function critical($message, array $context = []): void
    {
        $this->log->critical($message, $context);
    }

    public function error($message, array $context = []): void
    {
        $this->log->error($message, $context);
    }

    public function warning($message, array $context = []): void
    {
        $this->log->warning($message, $context);
    }

    public function notice($message, array $context = []): void
    {
        $this->log->notice($message, $context);
    }

    public function info($message, array $context = []): void
    {
        $this->log->info($message, $context);
    }

    public function debug($message, array $context = []): void
    {
        $this->log->debug($message, $context);
    }

    /** @throws InvalidArgumentException when there is no such level */
    public function log($level, $message, array $context = []): void
    {
        try {
            $known = Level::of($level);
        } catch (LogException $e) {
            throw new InvalidArgumentException($e->getMessage(), 0, $e);
        }
        $this->log->log($known, $message, $context);
    }
}
