<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

use Phalcon\Contracts\Html\Helper\Input\SelectData;
use Phalcon\Html\Helper\AbstractList;

/** Makes a select element of options and groups of them. */
class Select extends AbstractList
{
    protected $elementTag = 'option';
    protected $inOptGroup = false;
    protected $selected = '';
    protected $strict = false;

    public function add(string $text, ?string $value = null, array $attributes = [], bool $raw = false): static
    {
        return $this->addOption($text, $this->processValue($attributes, $value), $raw);
    }

    /** An option that is never selected because of its value. */
    public function addPlaceholder(
        string $text,
        ?string $value = null,
        array $attributes = [],
        bool $raw = false
    ): static {
        if ($value !== null) {
            $attributes['value'] = $value;
        }

        return $this->addOption($text, $attributes, $raw);
    }

    public function fromData(SelectData $data): static
    {
        $attributes = $data->getAttributes();
        foreach ($data->getOptions() as $key => $value) {
            if (!is_array($value)) {
                $this->add((string) $value, (string) $key, $attributes[$key] ?? []);
                continue;
            }
            $this->optGroup((string) $key);
            foreach ($value as $subKey => $subValue) {
                $this->add((string) $subValue, (string) $subKey, $attributes[$subKey] ?? []);
            }
            $this->optGroup((string) $key);
        }

        return $this;
    }

    /** Begins a group, or ends the one that was begun. */
    public function optGroup(?string $label = null, array $attributes = []): static
    {
        if ($this->inOptGroup) {
            $this->indentLevel--;
            $this->store[] = ['optGroupEnd', [], $this->indent()];
        } else {
            $this->store[] = ['optGroupStart', [(string) $label, $attributes], $this->indent()];
            $this->indentLevel++;
        }
        $this->inOptGroup = !$this->inOptGroup;

        return $this;
    }

    /** An option that says what to select, and cannot be selected itself. */
    public function placeholder(string $text): static
    {
        return $this->addOption($text, ['value' => '', 'disabled' => 'disabled', 'selected' => 'selected'], false);
    }

    public function selected(string $selected): static
    {
        $this->selected = $selected;

        return $this;
    }

    /** Whether the selected value must be the option's to the letter; otherwise "1" is "01" as well. */
    public function strict(bool $flag = true): static
    {
        $this->strict = $flag;

        return $this;
    }

    protected function getTag(): string
    {
        return 'select';
    }

    protected function optGroupEnd(): string
    {
        return '</optgroup>';
    }

    protected function optGroupStart(string $label, array $attributes): string
    {
        $attributes['label'] = $label;

        return $this->renderTag('optgroup', $attributes);
    }

    private function addOption(string $text, array $attributes, bool $raw): static
    {
        $this->store[] = ['renderFullElement', [$this->elementTag, $text, $attributes, $raw], $this->indent()];

        return $this;
    }

    private function processValue(array $attributes, ?string $value): array
    {
        if ($value === null || $value === '') {
            return $attributes;
        }
        $attributes['value'] = $value;
        $isSelected = $this->strict ? $value === $this->selected : $value == $this->selected;
        if ($this->selected !== '' && $isSelected) {
            $attributes['selected'] = 'selected';
        }

        return $attributes;
    }
}
