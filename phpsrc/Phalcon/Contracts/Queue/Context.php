<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** A connection to a message broker; makes everything else. */
interface Context
{
    public function close(): void;

    public function createConsumer(Destination $destination): Consumer;

    public function createMessage(string $body = '', array $properties = [], array $headers = []): Message;

    public function createProducer(): Producer;

    public function createQueue(string $queueName): Queue;

    public function createSubscriptionConsumer(): SubscriptionConsumer;

    public function createTemporaryQueue(): Queue;

    public function createTopic(string $topicName): Topic;

    public function purgeQueue(Queue $queue): void;
}
