<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractCombinedFieldsValidator;
use Phalcon\Filter\Validation\Exceptions\UniquenessConversionMustBeArray;
use Phalcon\Filter\Validation\Exceptions\UniquenessModelRequired;
use Phalcon\Filter\Validation\Exceptions\UniquenessOnlyForPhalconModel;
use Phalcon\Mvc\Model;
use Phalcon\Mvc\ModelInterface;
use Phalcon\Support\Settings;

/**
 * No other record has this value, or these values of several fields together.
 *
 * "model" is a record of the table, by default the entity; "attribute" the column of a field that is named otherwise;
 * "except" values that may be there more than once, by field for several fields; "convert" is called with the values
 * by field and answers those to look for. Two that insert at once are both told that they are the only one: a unique
 * index is what keeps the table clean.
 */
class Uniqueness extends AbstractCombinedFieldsValidator
{
    protected $template = 'Field :field must be unique';
    private $columnMap = null;

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function getOption(string $key, $defaultValue = null)
    {
        if (!$this->hasOption($key)) {
            return $defaultValue;
        }
        $value = parent::getOption($key, $defaultValue);

        return $key === 'attribute' && is_array($value) ? $value[$key] ?? $value : $value;
    }

    public function validate(Validation $validation, $field): bool
    {
        if ($this->isUniqueness($validation, $field)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }

    /** The model's name of a column. */
    protected function getColumnNameReal($record, string $field): string
    {
        if (!$this->columnMap && Settings::get('orm.column_renaming')) {
            $this->columnMap = $record->getDI()->getShared('modelsMetadata')->getColumnMap($record);
        }

        return $this->columnMap[$field] ?? $field;
    }

    protected function isUniqueness(Validation $validation, $field): bool
    {
        $fields = (array) $field;
        $values = [];
        foreach ($fields as $name) {
            $values[$name] = $validation->getValue($name);
        }
        $convert = $this->getOption('convert');
        if ($convert !== null) {
            $values = $convert($values);
            if (!is_array($values)) {
                throw new UniquenessConversionMustBeArray();
            }
        }
        $record = $this->getOption('model');
        if (!is_object($record)) {
            $record = $validation->getEntity() ?? throw new UniquenessModelRequired();
        }
        if (!$record instanceof ModelInterface) {
            throw new UniquenessOnlyForPhalconModel();
        }

        return $record::count($this->isUniquenessModel($record, $fields, $values)) == 0;
    }

    /** @return array{conditions: string, bind: list<mixed>} what finds the other records */
    protected function isUniquenessModel($record, array $field, array $values)
    {
        $conditions = [];
        $exceptions = [];
        $bind = [];
        $place = static function ($value) use (&$bind): string {
            $bind[] = $value;

            return '?' . (count($bind) - 1);
        };
        $column = fn (string $name): string => $this->getColumnNameReal($record, $this->getOption('attribute', $name));
        $except = $this->getOption('except');
        foreach ($field as $name) {
            $value = $values[$name];
            $conditions[] = $value === null ? $column($name) . ' IS NULL' : $column($name) . ' = ' . $place($value);
            if (!$except) {
                continue;
            }
            if (!is_array($except)) {
                foreach ($field as $other) {
                    $conditions[] = $column($other) . ' <> ' . $place($except);
                }
                continue;
            }
            $excepted = array_is_list($except) ? array_fill_keys($field, $except) : $except;
            foreach ($excepted as $other => $refused) {
                $exceptions[] = is_array($refused)
                    ? $column($other) . ' NOT IN (' . implode(',', array_map($place, $refused)) . ')'
                    : $column($other) . ' <> ' . $place($refused);
            }
        }
        if ($record->getDirtyState() === Model::DIRTY_STATE_PERSISTENT) {
            $metaData = $record->getDI()->getShared('modelsMetadata');
            foreach ($metaData->getPrimaryKeyAttributes($record) as $key) {
                $key = $this->getColumnNameReal($record, $key);
                $conditions[] = "$key <> " . $place($record->readAttribute($key));
            }
        }
        if ($exceptions !== []) {
            $conditions[] = '(' . implode(' OR ', $exceptions) . ')';
        }

        return ['conditions' => implode(' AND ', $conditions), 'bind' => $bind];
    }
}
