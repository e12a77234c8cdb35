<?php

declare(strict_types=1);

namespace Phalcon\Session;

use SessionHandlerInterface;

/** The visitor's session: its life and its values. */
interface ManagerInterface
{
    public const SESSION_ACTIVE = 2;
    public const SESSION_DISABLED = 0;
    public const SESSION_NONE = 1;

    public function __get(string $key);

    public function __isset(string $key): bool;

    public function __set(string $key, $value): void;

    public function __unset(string $key): void;

    public function destroy(): void;

    public function exists(): bool;

    public function get(string $key, $defaultValue = null, bool $remove = false);

    public function getAdapter(): ?SessionHandlerInterface;

    public function getId(): string;

    public function getName(): string;

    public function getOptions(): array;

    public function has(string $key): bool;

    public function regenerateId(bool $deleteOldSession = true): ManagerInterface;

    public function remove(string $key): void;

    public function set(string $key, $value): void;

    public function setAdapter(SessionHandlerInterface $adapter): ManagerInterface;

    public function setId(string $sessionId): ManagerInterface;

    public function setName(string $name): ManagerInterface;

    public function setOptions(array $options): void;

    public function start(): bool;

    public function status(): int;
}
