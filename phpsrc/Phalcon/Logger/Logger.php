<?php

declare(strict_types=1);

namespace Phalcon\Logger;

/** A logger: each message goes to all its adapters. */
class Logger extends AbstractLogger implements LoggerInterface
{
    public function alert(string $message, array $context = []): void
    {
        $this->addMessage(self::ALERT, $message, $context);
    }

    public function critical(string $message, array $context = []): void
    {
        $this->addMessage(self::CRITICAL, $message, $context);
    }

    public function debug(string $message, array $context = []): void
    {
        $this->addMessage(self::DEBUG, $message, $context);
    }

    public function emergency(string $message, array $context = []): void
    {
        $this->addMessage(self::EMERGENCY, $message, $context);
    }

    public function error(string $message, array $context = []): void
    {
        $this->addMessage(self::ERROR, $message, $context);
    }

    public function info(string $message, array $context = []): void
    {
        $this->addMessage(self::INFO, $message, $context);
    }

    public function log($level, string $message, array $context = []): void
    {
        $this->addMessage($this->getLevelNumber($level), $message, $context);
    }

    public function notice(string $message, array $context = []): void
    {
        $this->addMessage(self::NOTICE, $message, $context);
    }

    public function trace(string $message, array $context = []): void
    {
        $this->addMessage(self::TRACE, $message, $context);
    }

    public function warning(string $message, array $context = []): void
    {
        $this->addMessage(self::WARNING, $message, $context);
    }
}
