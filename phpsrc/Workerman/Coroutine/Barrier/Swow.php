<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Barrier;

use Swow\Sync\WaitReference;
use Workerman\Coroutine\Utils\ForeignDriver;

/** A barrier of ext-swow. Source: workerman/coroutine 1.1.4. */
class Swow implements BarrierInterface
{
    /**
     * {@inheritdoc}
     */
    public static function wait(object &$barrier, int $timeout = -1): void
    {
        ForeignDriver::need('Swow');
        WaitReference::wait($barrier, $timeout < 0 ? -1 : $timeout * 1000);
    }

    /**
     * {@inheritdoc}
     */
    public static function create(): object
    {
        ForeignDriver::need('Swow');

        return new WaitReference();
    }
}
