<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Stringable;

/** What helpers that make several elements in a row have in common; elements stay until reset(). */
abstract class AbstractSeries extends AbstractHelper implements Stringable
{
    protected $attributes = [];
    protected $store = [];

    public function __invoke(string $indent = '    ', ?string $delimiter = null): static
    {
        $this->delimiter = $delimiter ?? PHP_EOL;
        $this->indent = $indent;

        return $this;
    }

    public function __toString(): string
    {
        $sorted = $this->store;
        ksort($sorted);

        return $this->renderArrayElements($sorted, $this->delimiter);
    }

    /** Drops the elements. */
    public function reset(): static
    {
        $this->store = [];

        return $this;
    }

    /** Puts an element at the end, or at the first free position from this one on. */
    protected function pushOrPlace(array $entry, int $position = -1): void
    {
        if ($position < 0) {
            $this->store[] = $entry;

            return;
        }
        while (isset($this->store[$position])) {
            $position++;
        }
        $this->store[$position] = $entry;
    }

    abstract protected function getTag(): string;
}
