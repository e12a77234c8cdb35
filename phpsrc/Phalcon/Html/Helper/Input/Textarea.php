<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Html\Helper\Input;

/** Makes a text area. */
class Textarea extends AbstractInput
{
    protected $type = 'textarea';

    public function __toString(): string
    {
        $attributes = $this->attributes;
        $this->attributes = [];
        $value = $attributes['value'] ?? '';
        unset($attributes['type'], $attributes['value']);

        return $this->renderFullElement($this->type, $value, $attributes);
    }
}
