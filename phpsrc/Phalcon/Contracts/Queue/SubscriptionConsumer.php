<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Takes messages from several queues. */
interface SubscriptionConsumer
{
    public function consume(int $timeout = 0): void;

    public function subscribe(Consumer $consumer, $callback): void;

    public function unsubscribe(Consumer $consumer): void;

    public function unsubscribeAll(): void;
}
