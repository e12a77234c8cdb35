<?php

declare(strict_types=1);

namespace Phalcon\Html;

use Phalcon\Html\Escaper\Attribute;

/** A trail of links to where the visitor is. Labels are shown as they are: they may hold HTML. */
class Breadcrumbs
{
    private const TEMPLATE = '<dt><a href="%link%">%label%</a></dt>';

    /** @var array<string, string> labels by link */
    private array $elements = [];
    private string $separator = ' / ';

    public function add(string $label, string $link = ''): static
    {
        $this->elements[$link] = $label;

        return $this;
    }

    public function clear(): void
    {
        $this->elements = [];
    }

    public function getSeparator(): string
    {
        return $this->separator;
    }

    public function remove(string $link): void
    {
        unset($this->elements[$link]);
    }

    public function render(): string
    {
        if ($this->elements === []) {
            return '';
        }
        $items = [];
        $last = array_key_last($this->elements);
        foreach ($this->elements as $link => $label) {
            $items[] = $link === $last && $items !== [] ? "<dt>$label</dt>" : strtr(
                self::TEMPLATE,
                ['%label%' => $label, '%link%' => Attribute::url((string) $link)]
            );
        }

        return '<dl>' . implode("<dt>$this->separator</dt>", $items) . '</dl>';
    }

    public function setSeparator(string $separator): static
    {
        $this->separator = $separator;

        return $this;
    }

    public function toArray(): array
    {
        return $this->elements;
    }
}
