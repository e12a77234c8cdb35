<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper\Input;

use Phalcon\Html\Helper\AbstractHelper;
use Phalcon\Html\Helper\Doctype;
use Stringable;

/** What helpers that make input elements have in common; being shown empties them. */
abstract class AbstractInput extends AbstractHelper implements Stringable
{
    protected $type = 'text';
    protected $attributes = [];

    public function __invoke(string $name, ?string $value = null, array $attributes = []): static
    {
        $this->attributes = ['type' => $this->type, 'name' => $name];
        if (!isset($attributes['id']) && !str_contains($name, '[')) {
            $this->attributes['id'] = $name;
        }
        $this->setValue($value);
        $this->attributes = array_merge($this->attributes, $attributes);

        return $this;
    }

    public function __toString(): string
    {
        $attributes = $this->attributes;
        $this->attributes = [];

        return $this->renderTag('input', $attributes, $this->doctype?->getType() > Doctype::HTML5 ? '/' : '');
    }

    public function setValue(?string $value = null): static
    {
        if ($value !== null) {
            $this->attributes['value'] = $value;
        }

        return $this;
    }
}
