<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Html\Helper\Input;

use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Helper\Doctype;

/**
 * What helpers of inputs that can be checked have in common: "checked" checks them when it is true, "checked" or the
 * input's value; "unchecked" is what a form sends otherwise.
 */
abstract class AbstractChecked extends AbstractInput
{
    private const NO_LABEL = ['start' => '', 'text' => '', 'end' => ''];

    protected $label = [];
    protected $strict = false;

    public function __construct(EscaperInterface $escaper, ?Doctype $doctype = null)
    {
        parent::__construct($escaper, $doctype);
        $this->label = self::NO_LABEL;
    }

    public function __toString(): string
    {
        $this->processChecked();
        $unchecked = $this->processUnchecked();
        $element = parent::__toString();
        $label = $this->label;
        $this->label = self::NO_LABEL;

        return $unchecked . $label['start'] . $element . $label['text'] . $label['end'];
    }

    /** Puts the input in a label, whose attribute "text" is its text, as HTML. */
    public function label(array $attributes = []): static
    {
        $text = $attributes['text'] ?? '';
        unset($attributes['text']);
        $this->label = [
            'start' => $this->renderTag('label', array_merge(['for' => $this->attributes['id'] ?? null], $attributes)),
            'text' => $text,
            'end' => '</label>',
        ];

        return $this;
    }

    /** Whether "checked" and the value must be of one type to be the same. */
    public function strict(bool $flag = true): static
    {
        $this->strict = $flag;

        return $this;
    }

    protected function processChecked(): void
    {
        $checked = $this->attributes['checked'] ?? null;
        unset($this->attributes['checked']);
        if ($checked === null) {
            return;
        }
        $value = $this->attributes['value'] ?? null;
        $isChecked = $checked === true || (is_string($checked) && strtolower($checked) === 'checked');
        if ($isChecked || ($this->strict ? $checked === $value : $checked == $value)) {
            $this->attributes['checked'] = 'checked';
        }
    }

    protected function processUnchecked(): string
    {
        $unchecked = $this->attributes['unchecked'] ?? '';
        unset($this->attributes['unchecked']);
        if (empty($unchecked)) {
            return $unchecked;
        }

        return $this->renderTag('hidden', ['name' => $this->attributes['name'], 'value' => $unchecked]);
    }
}
