<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

use Phalcon\Html\Helper\AbstractHelper;
use Stringable;

/** What helpers that make an input for each of several values have in common; being shown empties them. */
abstract class AbstractGroup extends AbstractHelper implements Stringable
{
    protected $checked = null;
    protected $name = '';
    protected $options = [];
    protected $sharedAttributes = [];
    protected $type = 'checkbox';

    /** Options are labels by value; or arrays of attributes, with the label as "label". */
    public function __invoke(string $name, array $options, $checked = null, array $attributes = []): static
    {
        $this->name = $name;
        $this->options = $options;
        $this->checked = $checked;
        $this->sharedAttributes = $attributes;

        return $this;
    }

    public function __toString(): string
    {
        $lines = [];
        foreach ($this->options as $value => $definition) {
            if (is_string($definition) || is_array($definition)) {
                $lines[] = $this->renderItem((string) $value, $definition);
            }
        }
        $this->options = [];
        $this->checked = null;
        $this->sharedAttributes = [];

        return implode(PHP_EOL, $lines);
    }

    abstract protected function isChecked(string $value): bool;

    protected function renderItem(string $value, $definition): string
    {
        $label = $definition;
        $extras = [];
        if (is_array($definition)) {
            $label = is_string($definition['label'] ?? null) ? $definition['label'] : $value;
            unset($definition['label']);
            $extras = $definition;
        }
        $baseID = rtrim(str_replace(['[', ']'], ['_', ''], $this->name), '_') . '_' . $value;
        $attributes = array_merge($this->sharedAttributes, $extras, [
            'id' => $extras['id'] ?? $baseID,
            'name' => $this->name,
            'value' => $value,
        ]);
        unset($attributes['checked']);
        if ($this->isChecked($value)) {
            $attributes['checked'] = 'checked';
        }

        return $this->renderTag('input', array_merge(['type' => $this->type], $attributes))
            . $this->renderFullElement('label', $label, ['for' => $attributes['id']]);
    }
}
