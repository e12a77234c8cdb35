<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Barrier;

use Swoole\Coroutine\Barrier;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A barrier of ext-swoole. Source: workerman/coroutine 1.1.4. */
class Swoole implements BarrierInterface
{
    /**
     * {@inheritdoc}
     */
    public static function wait(object &$barrier, int $timeout = -1): void
    {
        ForeignDriver::need('Swoole');
        Barrier::wait($barrier, $timeout);
    }

    /**
     * {@inheritdoc}
     */
    public static function create(): object
    {
        ForeignDriver::need('Swoole');

        return Barrier::make();
    }
}
