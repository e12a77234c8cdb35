<?php

declare(strict_types=1);

namespace Phalcon\Logger;

use DateTimeImmutable;

/** One message for the log, and what is known of it. */
class Item
{
    protected $context = [];
    protected $dateTime = null;
    protected $level = null;
    protected $levelName = null;
    protected $message = null;

    public function __construct(
        string $message,
        string $levelName,
        int $level,
        DateTimeImmutable $dateTime,
        array $context = []
    ) {
        $this->message = $message;
        $this->levelName = $levelName;
        $this->level = $level;
        $this->dateTime = $dateTime;
        $this->context = $context;
    }

    public function getContext(): array
    {
        return $this->context;
    }

    public function getDateTime(): DateTimeImmutable
    {
        return $this->dateTime;
    }

    public function getLevel(): int
    {
        return $this->level;
    }

    public function getLevelName(): string
    {
        return $this->levelName;
    }

    public function getMessage(): string
    {
        return $this->message;
    }
}
