<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Events;

/** Keeps listeners and tells them about events. */
interface Manager
{
    public const DEFAULT_PRIORITY = 100;

    public function addSubscriber(Subscriber $subscriber): void;

    public function arePrioritiesEnabled(): bool;

    public function attach(string $eventType, $handler, int $priority = 100): void;

    public function clearSubscribers(): void;

    public function collectResponses(bool $collect): void;

    public function detach(string $eventType, $handler): void;

    public function detachAll(?string $type = null): void;

    public function enablePriorities(bool $enablePriorities): void;

    public function fire(string $eventType, $source, $data = null, bool $cancelable = true);

    public function getListeners(string $type): array;

    public function getResponses(): array;

    public function getSubscribers(): array;

    public function hasListeners(string $type): bool;

    public function isCollecting(): bool;

    public function isValidHandler($handler): bool;

    public function removeSubscriber(Subscriber $subscriber): void;
}
