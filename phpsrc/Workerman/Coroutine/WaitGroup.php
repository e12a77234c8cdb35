<?php

declare(strict_types=1);

namespace Workerman\Coroutine;

use Workerman\Coroutine\WaitGroup\Fiber;
use Workerman\Coroutine\WaitGroup\WaitGroupInterface;

/**
 * Waits for a number of things to be done. Source: workerman/coroutine 1.1.4.
 *
 * @method bool add(int $delta = 1)
 * @method bool done()
 * @method int count()
 * @method bool wait(int|float $timeout = -1)
 */
class WaitGroup
{
    /** @var class-string<WaitGroupInterface> */
    protected static string $driverClass;

    protected WaitGroupInterface $driver;

    public function __construct()
    {
        $this->driver = new (static::driverClass())();
    }

    protected static function driverClass(): string
    {
        return static::$driverClass ??= Fiber::class;
    }

    public function __call(string $name, array $arguments): mixed
    {
        return $this->driver->$name(...$arguments);
    }
}
