<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Filter\Validation;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Exceptions\FieldNotPrintable;
use Phalcon\Messages\Message;

/**
 * Parent of the validators.
 *
 * Options they have in common: "message" (or "template", or the first of a list), "label", "code", "allowEmpty" and
 * "cancelOnFail". Where an option says so, it may be an array by the field's name.
 */
abstract class AbstractValidator implements ValidatorInterface
{
    /** Options that may hold the message, or messages by field. */
    private const MESSAGE_OPTIONS = ['template' => true, 'message' => true, 0 => true];

    protected $template = null;
    protected $templateChanged = false;
    protected $templates = [];
    protected $options = [];

    public function __construct(array $options = [])
    {
        $template = current(array_intersect_key($options, self::MESSAGE_OPTIONS));
        if (is_array($template)) {
            $this->setTemplates($template);
        } elseif (is_string($template)) {
            $this->setTemplate($template);
        }
        if ($template) {
            $options['message'] = $template;
            unset($options['template'], $options[0]);
        }
        $this->options = $options;
    }

    public function getOption(string $key, $defaultValue = null)
    {
        return $this->options[$key] ?? (array_key_exists($key, $this->options) ? null : $defaultValue);
    }

    /** The field's own text, that of this validator, that of all validators of this class, else the class's own. */
    public function getTemplate(?string $field = null): string
    {
        if ($field !== null && isset($this->templates[$field])) {
            return $this->templates[$field];
        }
        if ($this->templateChanged && $this->template) {
            return $this->template;
        }
        $default = Validation::getDefaultMessage(static::class);
        if ($default !== '') {
            return $default;
        }

        return $this->template ?: 'The field :field is not valid for ' . static::class;
    }

    public function getTemplates(): array
    {
        return $this->templates;
    }

    public function hasOption(string $key): bool
    {
        return isset($this->options[$key]);
    }

    /** Whether the option "allowEmpty" lets the field's value pass unseen. */
    public function isAllowEmpty(Validation $validation, string $field): bool
    {
        return $this->allowEmpty($field, $validation->getValue($field));
    }

    /** The message that the field is not valid. $replacements: placeholder => text. */
    public function messageFactory(Validation $validation, $field, array $replacements = []): Message
    {
        if (is_array($field)) {
            $field = implode(', ', $field);
        } elseif (!is_string($field)) {
            throw new FieldNotPrintable();
        }
        $replacements += [':field' => $this->prepareLabel($validation, $field)];

        return new Message(
            strtr($this->getTemplate($field), $replacements),
            $field,
            static::class,
            $this->prepareCode($field),
        );
    }

    public function setOption(string $key, $value): void
    {
        $this->options[$key] = $value;
    }

    public function setTemplate(string $template): ValidatorInterface
    {
        $this->template = $template;
        $this->templateChanged = true;

        return $this;
    }

    public function setTemplates(array $templates): ValidatorInterface
    {
        $this->templates = array_map(strval(...), $templates);

        return $this;
    }

    abstract public function validate(Validation $validation, $field): bool;

    /** As isAllowEmpty(), for a value that is known. The option: a bool, bools by field, or a list of empty values. */
    protected function allowEmpty($field, $value): bool
    {
        $allowed = $this->getOption('allowEmpty', false);
        if (!is_array($allowed)) {
            return $allowed && empty($value);
        }
        if (array_key_exists($field, $allowed)) {
            return $allowed[$field] && empty($value);
        }

        return in_array($value, $allowed, true);
    }

    /** The field's own element of an option that is an array by field; else the option. */
    protected function checkArray($value, string $field)
    {
        return is_array($value) ? $value[$field] ?? $value : $value;
    }

    protected function prepareCode(string $field): int
    {
        $code = $this->getOption('code', 0);

        return (int) (is_array($code) ? $code[$field] ?? 0 : $code);
    }

    protected function prepareLabel(Validation $validation, string $field)
    {
        $label = $this->getOption('label');
        if (is_array($label)) {
            $label = $label[$field] ?? null;
        }

        return empty($label) ? $validation->getLabel($field) : $label;
    }
}
