<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Sends messages. */
interface Producer
{
    public function getDeliveryDelay(): ?int;

    public function getPriority(): ?int;

    public function getTimeToLive(): ?int;

    public function send(Destination $destination, Message $message): void;

    public function setDeliveryDelay($deliveryDelay = null): Producer;

    public function setPriority($priority = null): Producer;

    public function setTimeToLive($timeToLive = null): Producer;
}
