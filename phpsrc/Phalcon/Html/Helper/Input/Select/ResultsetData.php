<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Html\Helper\Input\Select;

use Phalcon\Contracts\Html\Helper\Input\SelectData;
use Phalcon\Html\Exceptions\InvalidResultsetValue;
use Phalcon\Html\Exceptions\UsingRequiresTwoValues;
use Phalcon\Mvc\Model\ResultsetInterface;

/** A select element's options from rows, one field of which is the value and another the text. */
class ResultsetData implements SelectData
{
    protected $attributesMap = [];
    protected $resolvedAttributes = null;
    protected $resolvedOptions = null;
    protected $resultset = null;
    protected $using = [];

    /** Attributes are values, or callables that make one of a row; null and false give none. */
    public function __construct(ResultsetInterface $resultset, array $using, array $attributesMap = [])
    {
        if (count($using) !== 2) {
            throw new UsingRequiresTwoValues();
        }
        $this->resultset = $resultset;
        $this->using = $using;
        $this->attributesMap = $attributesMap;
    }

    public function getAttributes(): array
    {
        if ($this->resolvedAttributes === null) {
            $this->resolve();
        }

        return $this->resolvedAttributes;
    }

    public function getOptions(): array
    {
        if ($this->resolvedOptions === null) {
            $this->resolve();
        }

        return $this->resolvedOptions;
    }

    protected function readField($option, string $field)
    {
        if (!is_object($option)) {
            return $option[$field];
        }

        return method_exists($option, 'readAttribute') ? $option->readAttribute($field) : $option->$field;
    }

    protected function resolve(): void
    {
        $options = [];
        $attributes = [];
        foreach ($this->resultset as $row) {
            if (!is_object($row) && !is_array($row)) {
                throw new InvalidResultsetValue();
            }
            $value = $this->readField($row, $this->using[0]);
            $options[$value] = $this->readField($row, $this->using[1]);
            $own = $this->attributesOf($row);
            if ($own !== []) {
                $attributes[$value] = $own;
            }
        }
        $this->resolvedOptions = $options;
        $this->resolvedAttributes = $attributes;
    }

    /** @return array<string, string> */
    private function attributesOf(array|object $row): array
    {
        $attributes = [];
        foreach ($this->attributesMap as $name => $value) {
            $value = is_callable($value) ? $value($row) : $value;
            if ($value !== false && $value !== null) {
                $attributes[$name] = (string) $value;
            }
        }

        return $attributes;
    }
}
