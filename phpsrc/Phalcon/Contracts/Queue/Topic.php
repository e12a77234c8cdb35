<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A destination where each message has many receivers. */
interface Topic extends Destination
{
    public function getTopicName(): string;
}
