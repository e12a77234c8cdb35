<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Takes messages from one queue. */
interface Consumer
{
    public function acknowledge(Message $message): void;

    public function getQueue(): Queue;

    public function receive(int $timeout = 0): ?Message;

    public function receiveNoWait(): ?Message;

    public function reject(Message $message, bool $requeue = false): void;
}
