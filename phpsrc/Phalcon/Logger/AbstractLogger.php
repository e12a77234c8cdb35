<?php

declare(strict_types=1);

namespace Phalcon\Logger;

use DateTimeZone;
use Phalcon\Logger\Adapter\AdapterInterface;
use Phalcon\Logger\Exceptions\AdapterNotFound;
use Phalcon\Logger\Exceptions\NoAdaptersConfigured;
use Phalcon\Time\Clock\ClockInterface;
use Phalcon\Time\Clock\SystemClock;

/** What loggers have in common: adapters that each message goes to, and the least grave level that is logged. */
abstract class AbstractLogger
{
    private const LEVELS = [
        self::ALERT => 'alert',
        self::CRITICAL => 'critical',
        self::DEBUG => 'debug',
        self::EMERGENCY => 'emergency',
        self::ERROR => 'error',
        self::INFO => 'info',
        self::NOTICE => 'notice',
        self::WARNING => 'warning',
        self::CUSTOM => 'custom',
        self::TRACE => 'trace',
    ];

    public const ALERT = 2;
    public const CRITICAL = 1;
    public const CUSTOM = 8;
    public const DEBUG = 7;
    public const EMERGENCY = 0;
    public const ERROR = 3;
    public const INFO = 6;
    public const NOTICE = 5;
    public const TRACE = 9;
    public const WARNING = 4;
    protected $adapters = [];
    protected $clock = null;
    protected $excluded = [];
    protected $logLevel = 8;
    protected $name = '';
    protected $timezone = null;

    public function __construct(
        string $name,
        array $adapters = [],
        ?DateTimeZone $timezone = null,
        ?ClockInterface $clock = null
    ) {
        $this->name = $name;
        $this->timezone = $timezone ?? new DateTimeZone(date_default_timezone_get() ?: 'UTC');
        $this->clock = $clock ?? new SystemClock($this->timezone);
        $this->setAdapters($adapters);
    }

    public function addAdapter(string $name, AdapterInterface $adapter): static
    {
        $this->adapters[$name] = $adapter;

        return $this;
    }

    public function begin(): static
    {
        foreach ($this->included() as $adapter) {
            $adapter->begin();
        }

        return $this;
    }

    public function commit(): static
    {
        foreach ($this->included() as $adapter) {
            $adapter->commit();
        }

        return $this;
    }

    /** The next message does not go to these. */
    public function excludeAdapters(array $adapters = []): static
    {
        foreach ($adapters as $adapter) {
            if (isset($this->adapters[$adapter])) {
                $this->excluded[$adapter] = true;
            }
        }

        return $this;
    }

    public function getAdapter(string $name): AdapterInterface
    {
        return $this->adapters[$name] ?? throw new AdapterNotFound($name);
    }

    public function getAdapters(): array
    {
        return $this->adapters;
    }

    public function getLogLevel(): int
    {
        return $this->logLevel;
    }

    public function getName(): string
    {
        return $this->name;
    }

    public function removeAdapter(string $name): static
    {
        if (!isset($this->adapters[$name])) {
            throw new AdapterNotFound($name);
        }
        unset($this->adapters[$name]);

        return $this;
    }

    public function rollback(): static
    {
        foreach ($this->included() as $adapter) {
            $adapter->rollback();
        }

        return $this;
    }

    public function setAdapters(array $adapters): static
    {
        $this->adapters = $adapters;

        return $this;
    }

    /** What is less grave is not logged; an unknown level is CUSTOM. */
    public function setLogLevel(int $level): static
    {
        $this->logLevel = isset($this->getLevels()[$level]) ? $level : self::CUSTOM;

        return $this;
    }

    protected function addMessage(int $level, string $message, array $context = []): bool
    {
        if ($this->logLevel < $level) {
            $this->excluded = [];

            return true;
        }
        if ($this->adapters === []) {
            throw new NoAdaptersConfigured();
        }
        $levels = $this->getLevels();
        $item = new Item($message, $levels[$level] ?? $levels[self::CUSTOM], $level, $this->clock->now(), $context);
        foreach ($this->included() as $adapter) {
            if ($adapter->inTransaction()) {
                $adapter->add($item);
            } else {
                $adapter->process($item);
            }
        }
        $this->excluded = [];

        return true;
    }

    /** The number of a level's name or number; CUSTOM when there is none. */
    protected function getLevelNumber($level): int
    {
        if (is_string($level)) {
            $number = array_search(strtolower($level), $this->getLevels(), true);

            return $number === false ? self::CUSTOM : $number;
        }

        return is_numeric($level) && isset($this->getLevels()[(int) $level]) ? (int) $level : self::CUSTOM;
    }

    /** The levels' names by number. */
    protected function getLevels(): array
    {
        return self::LEVELS;
    }

    /** @return array<string, AdapterInterface> */
    private function included(): array
    {
        return $this->excluded === [] ? $this->adapters : array_diff_key($this->adapters, $this->excluded);
    }
}
