<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use SessionHandlerInterface;

/**
 * For code beside the messages of a server: it has no visitor.
 *
 * @internal
 */
final class NoSession implements SessionFunctions
{
    private static ?self $instance = null;

    /** @var array<array-key, mixed> */
    private array $values = [];

    public static function get(): self
    {
        return self::$instance ??= new self();
    }

    public function status(): int
    {
        return PHP_SESSION_NONE;
    }

    public function id(): string
    {
        return '';
    }

    public function setId(string $id): void
    {
    }

    public function setName(string $name): void
    {
    }

    public function start(SessionHandlerInterface $handler, string $name): bool
    {
        return false;
    }

    public function &values(): array
    {
        $this->values = [];

        return $this->values;
    }

    public function destroy(): void
    {
    }

    public function regenerate(bool $delete): bool
    {
        return false;
    }
}
