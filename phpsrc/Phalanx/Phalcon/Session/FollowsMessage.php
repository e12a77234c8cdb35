<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Session;

use Traversable;

/**
 * For Phalcon\Session\Bag, which outlives messages when it is a shared service: whatever is read is of the current
 * message's visitor.
 *
 * @internal
 */
trait FollowsMessage
{
    /** As visitor() had it when the values were read. */
    private ?string $of = null;

    public function __serialize(): array
    {
        $this->follow();

        return parent::__serialize();
    }

    public function column(string $propertyOrMethod): array
    {
        $this->follow();

        return parent::column($propertyOrMethod);
    }

    public function count(): int
    {
        $this->follow();

        return parent::count();
    }

    public function each($callback): static
    {
        $this->follow();

        return parent::each($callback);
    }

    public function first(): mixed
    {
        $this->follow();

        return parent::first();
    }

    public function get(string $element, $defaultValue = null, ?string $cast = null): mixed
    {
        $this->follow();

        return parent::get($element, $defaultValue, $cast);
    }

    public function getIterator(): Traversable
    {
        $this->follow();

        return parent::getIterator();
    }

    public function has(string $element): bool
    {
        $this->follow();

        return parent::has($element);
    }

    public function isEmpty(): bool
    {
        $this->follow();

        return parent::isEmpty();
    }

    public function jsonSerialize(): array
    {
        $this->follow();

        return parent::jsonSerialize();
    }

    public function keys(bool $insensitive = true): array
    {
        $this->follow();

        return parent::keys($insensitive);
    }

    public function last(): mixed
    {
        $this->follow();

        return parent::last();
    }

    public function reduce($callback, $initial = null): mixed
    {
        $this->follow();

        return parent::reduce($callback, $initial);
    }

    public function toArray(): array
    {
        $this->follow();

        return parent::toArray();
    }

    public function values(): array
    {
        $this->follow();

        return parent::values();
    }

    abstract private function load(): void;

    private function follow(): void
    {
        if ($this->session !== null && $this->visitor() !== $this->of) {
            $this->enter();
        }
    }

    private function enter(): void
    {
        $this->of = $this->visitor();
        $this->load();
    }

    /** In a worker the session's id; null where a process has one visitor. */
    private function visitor(): ?string
    {
        return function_exists('phalanx_loop_running') && \phalanx_loop_running() ? $this->session->getId() : null;
    }
}
