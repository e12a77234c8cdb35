<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Filter;

use Phalcon\Di\Injectable;
use Phalcon\Filter\Validation\AbstractCombinedFieldsValidator;
use Phalcon\Filter\Validation\Exceptions\InvalidFieldType;
use Phalcon\Filter\Validation\Exceptions\InvalidFilterService;
use Phalcon\Filter\Validation\Exceptions\InvalidValidationData;
use Phalcon\Filter\Validation\Exceptions\InvalidValidator;
use Phalcon\Filter\Validation\Exceptions\InvalidValidatorScope;
use Phalcon\Filter\Validation\Exceptions\NoDataToValidate;
use Phalcon\Filter\Validation\Exceptions\NoValidators;
use Phalcon\Filter\Validation\Exceptions\ValidationEntityNotObject;
use Phalcon\Filter\Validation\ValidationInterface;
use Phalcon\Filter\Validation\ValidatorInterface;
use Phalcon\Messages\MessageInterface;
use Phalcon\Messages\Messages;
use Phalcon\Support\Helper\Str\Camelize;

/**
 * Checks the fields of an array or an object by validators.
 *
 * A subclass may have initialize(), called by the constructor, beforeValidation($data, $entity, $messages), where
 * false ends the validation, and afterValidation(), with the same arguments. One object serves one validation at a
 * time.
 */
class Validation extends Injectable implements ValidationInterface
{
    protected $combinedFieldsValidators = [];
    protected $data = null;

    /** Class of validator => message. Process-wide: for the application's start, not for a request. */
    protected static $defaultMessages = [];
    protected $entity = null;
    protected $filters = [];
    protected $whitelist = [];
    protected $labels = [];
    protected $messages = null;
    protected $validators = [];
    protected $values = [];

    /** $validators: lists of validators by field; [[field, field], validator] for those that look at several. */
    public function __construct(array $validators = [])
    {
        $this->messages = new Messages();
        foreach ($validators as $field => $element) {
            $combined = is_array($element)
                && is_array($element[0] ?? null)
                && ($element[1] ?? null) instanceof AbstractCombinedFieldsValidator;
            if ($combined) {
                $this->combinedFieldsValidators[$field] = $element;
            } else {
                $this->validators[$field] = $element;
            }
        }
        if (method_exists($this, 'initialize')) {
            $this->initialize();
        }
    }

    /** Adds a validator to a field, to each of several, or to several at once if it is one for combined fields. */
    public function add($field, ValidatorInterface $validator): static
    {
        if (is_string($field)) {
            $this->validators[$field][] = $validator;
        } elseif (!is_array($field)) {
            throw new InvalidFieldType();
        } elseif ($validator instanceof AbstractCombinedFieldsValidator) {
            $this->combinedFieldsValidators[] = [$field, $validator];
        } else {
            foreach ($field as $name) {
                $this->validators[$name][] = $validator;
            }
        }

        return $this;
    }

    public function appendMessage(MessageInterface $message): static
    {
        $this->messages->appendMessage($message);

        return $this;
    }

    /** Sets the entity's properties, by setter, writeAttribute() or directly, to the data's sanitized values. */
    public function bind($entity, $data, array $whitelist = []): static
    {
        $this->data = $data;
        $this->setEntity($entity);
        if ((!is_array($data) && !is_object($data)) || $data === []) {
            return $this;
        }
        $filter = $this->filterService();
        $whitelist = $whitelist ?: $this->whitelist;
        foreach ($data as $field => $value) {
            if (!is_string($field) || ($whitelist && !in_array($field, $whitelist))) {
                continue;
            }
            if (array_key_exists($field, $this->filters)) {
                $value = $filter->sanitize($value, $this->filters[$field]);
            }
            $this->write($this->entity, $field, $value);
        }

        return $this;
    }

    public function getData()
    {
        return $this->data;
    }

    /** The message of all validators of this class; '' without one. */
    public static function getDefaultMessage(string $validatorClassName): string
    {
        return self::$defaultMessages[$validatorClassName] ?? '';
    }

    public function getEntity()
    {
        return $this->entity;
    }

    public function getFilters(?string $field = null)
    {
        return $field ? $this->filters[$field] ?? null : $this->filters;
    }

    public function getLabel($field): string
    {
        return is_array($field) ? implode(', ', $field) : $this->labels[$field] ?? $field;
    }

    public function getMessages(): Messages
    {
        return $this->messages;
    }

    public function getValidators(): array
    {
        return $this->validators;
    }

    /** What the entity's getter, readAttribute() or property says. */
    public function getValueByEntity($entity, string $field)
    {
        $method = 'get' . Camelize::toCamelize($field);
        if (method_exists($entity, $method)) {
            return $entity->$method();
        }
        if (method_exists($entity, 'readAttribute')) {
            return $entity->readAttribute($field);
        }

        return $entity->$field ?? null;
    }

    public function getValueByData($data, string $field)
    {
        return $this->values[$field] ?? (is_array($data) ? $data[$field] ?? null : $data->$field ?? null);
    }

    /** The field's sanitized value, of the entity or else of the data; the entity gets the sanitized value too. */
    public function getValue(string $field)
    {
        $entity = $this->entity;
        $fromEntity = false;
        if (is_object($entity)) {
            $value = $this->getValueByEntity($entity, $field);
            $fromEntity = $value !== null;
        } elseif (!is_array($this->data) && !is_object($this->data)) {
            throw new NoDataToValidate();
        }
        $value ??= $this->getValueByData($this->data, $field);
        if ($value === null) {
            return null;
        }
        if (!empty($this->filters[$field])) {
            $value = $this->filterService()->sanitize($value, $this->filters[$field]);
            if ($fromEntity) {
                $this->write($entity, $field, $value);
            }
        } elseif (!is_object($entity)) {
            $this->values[$field] = $value;
        }

        return $value;
    }

    public function rule($field, ValidatorInterface $validator): static
    {
        return $this->add($field, $validator);
    }

    /** Adds those of the list that are validators. */
    public function rules($field, array $validators): static
    {
        foreach ($validators as $validator) {
            if ($validator instanceof ValidatorInterface) {
                $this->add($field, $validator);
            }
        }

        return $this;
    }

    /** Adds messages of whole classes of validators, for the process, and answers all of them. */
    public static function setDefaultMessages(array $messages = []): array
    {
        return self::$defaultMessages = array_merge(self::$defaultMessages, $messages);
    }

    public function setEntity($entity): void
    {
        $this->entity = is_object($entity) ? $entity : throw new ValidationEntityNotObject();
    }

    public function setFilters($field, $filters): static
    {
        if (!is_array($field) && !is_string($field)) {
            throw new InvalidFieldType();
        }
        foreach ((array) $field as $name) {
            $this->filters[$name] = $filters;
        }

        return $this;
    }

    /** How messages call the fields: field => label. */
    public function setLabels(array $labels): void
    {
        $this->labels = $labels;
    }

    /** Lists of validators by field. */
    public function setValidators(array $validators): static
    {
        $this->validators = $validators;

        return $this;
    }

    /**
     * Binds the data to the entity when there is one, and asks the validators.
     *
     * After one that failed and has the option "cancelOnFail", the field's other validators are not asked.
     */
    public function validate($data = null, $entity = null, array $whitelist = []): Messages|bool
    {
        if (!is_array($this->validators)) {
            throw new NoValidators();
        }
        $this->values = [];
        $this->messages = new Messages();
        if ($data !== null) {
            if (!is_array($data) && !is_object($data)) {
                throw new InvalidValidationData();
            }
            $this->data = $data;
        } elseif (!empty($this->data)) {
            $data = $this->data;
        }
        if ($entity !== null) {
            $this->bind($entity, $data, $whitelist);
        }
        if (
            method_exists($this, 'beforeValidation')
            && $this->beforeValidation($data, $this->entity, $this->messages) === false
        ) {
            return false;
        }
        foreach ($this->validators as $field => $validators) {
            $this->ask($field, $validators);
        }
        $this->askCombined();
        if (method_exists($this, 'afterValidation')) {
            $this->afterValidation($data, $this->entity, $this->messages);
        }

        return $this->messages;
    }

    /** Whether the last validation left messages. */
    public function fails(): bool
    {
        return $this->messages->count() > 0;
    }

    /** Whether the validator lets the field pass as empty. Of several fields, the first one says. */
    protected function preChecking($field, ValidatorInterface $validator): bool
    {
        if (is_array($field)) {
            return $field !== [] && $this->preChecking(reset($field), $validator);
        }
        $allowEmpty = $validator->getOption('allowEmpty', false);
        if (!$allowEmpty) {
            return false;
        }
        if (method_exists($validator, 'isAllowEmpty')) {
            return $validator->isAllowEmpty($this, $field);
        }
        $value = $this->getValue($field);

        return is_array($allowEmpty) ? in_array($value, $allowEmpty, true) : empty($value);
    }

    private function ask(int|string $field, mixed $validators): void
    {
        if (!is_iterable($validators)) {
            throw new InvalidValidator();
        }
        foreach ($validators as $validator) {
            if ($this->breaks($field, $validator)) {
                return;
            }
        }
    }

    private function askCombined(): void
    {
        foreach ($this->combinedFieldsValidators as $scope) {
            if (!is_array($scope)) {
                throw new InvalidValidatorScope();
            }
            if ($this->breaks($scope[0], $scope[1])) {
                return;
            }
        }
    }

    /** Asks one validator: true when it failed and nothing is to be asked after it. */
    private function breaks(mixed $field, mixed $validator): bool
    {
        if (!is_object($validator)) {
            throw new InvalidValidator();
        }

        return !$this->preChecking($field, $validator)
            && $validator->validate($this, $field) === false
            && $validator->getOption('cancelOnFail');
    }

    private function filterService(): object
    {
        $filter = $this->getDI()->getShared('filter');

        return is_object($filter) ? $filter : throw new InvalidFilterService();
    }

    private function write(object $entity, string $field, mixed $value): void
    {
        $method = 'set' . Camelize::toCamelize($field);
        if (method_exists($entity, $method)) {
            $entity->$method($value);
        } elseif (method_exists($entity, 'writeAttribute')) {
            $entity->writeAttribute($field, $value);
        } elseif (property_exists($entity, $field)) {
            $entity->$field = $value;
        }
    }
}
