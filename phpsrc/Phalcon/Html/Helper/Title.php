<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

use Stringable;

/** Makes the title of parts; being shown empties it. */
class Title extends AbstractHelper implements Stringable
{
    protected $append = [];
    protected $prepend = [];
    protected $title = '';
    protected $separator = '';

    public function __invoke(string $indent = '    ', ?string $delimiter = null): static
    {
        $this->delimiter = $delimiter ?? PHP_EOL;
        $this->indent = $indent;

        return $this;
    }

    public function __toString(): string
    {
        $parts = array_merge($this->prepend, [$this->title], $this->append);
        $this->append = [];
        $this->prepend = [];
        $this->title = '';

        return $this->indent
            . $this->renderFullElement('title', implode($this->separator, $parts), [], true)
            . $this->delimiter;
    }

    public function append(string $text, bool $raw = false): static
    {
        $this->append[] = $raw ? $text : $this->escaper->html($text);

        return $this;
    }

    public function get(): string
    {
        return $this->title;
    }

    public function set(string $text, bool $raw = false): static
    {
        $this->title = $raw ? $text : $this->escaper->html($text);

        return $this;
    }

    public function setSeparator(string $separator, bool $raw = false): static
    {
        $this->separator = $raw ? $separator : $this->escaper->html($separator);

        return $this;
    }

    public function prepend(string $text, bool $raw = false): static
    {
        array_unshift($this->prepend, $raw ? $text : $this->escaper->html($text));

        return $this;
    }
}
