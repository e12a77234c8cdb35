<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A queue that tells its figures. */
interface Inspectable
{
    public function getStats(Queue $queue): array;
}
