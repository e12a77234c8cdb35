<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Stringable;

/** What helpers that make an element of many have in common. */
abstract class AbstractList extends AbstractHelper implements Stringable
{
    protected $attributes = [];
    protected $elementTag = 'li';
    protected $store = [];

    /** Begins anew. */
    public function __invoke(string $indent = '    ', ?string $delimiter = null, array $attributes = []): static
    {
        $this->attributes = $attributes;
        $this->delimiter = $delimiter ?: PHP_EOL;
        $this->indent = $indent;
        $this->store = [];

        return $this;
    }

    public function __toString(): string
    {
        if ($this->store === []) {
            return '';
        }

        return $this->renderFullElement(
            $this->getTag(),
            $this->delimiter . $this->renderArrayElements($this->store, $this->delimiter),
            $this->attributes,
            true
        );
    }

    abstract protected function getTag(): string;
}
