<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Handles a message and says what becomes of it. */
interface Processor
{
    public const ACK = 'enqueue.ack';
    public const REJECT = 'enqueue.reject';
    public const REQUEUE = 'enqueue.requeue';

    public function process(Message $message, Context $context): object|string;
}
