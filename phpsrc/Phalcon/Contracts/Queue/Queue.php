<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A destination where each message has one receiver. */
interface Queue extends Destination
{
    public function getQueueName(): string;
}
