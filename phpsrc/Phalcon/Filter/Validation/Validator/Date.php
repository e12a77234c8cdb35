<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use DateTime;
use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/** A date of the calendar, in the "format" of DateTime::createFromFormat(): "Y-m-d" by default, may be by field. */
class Date extends AbstractValidator
{
    protected $template = 'Field :field is not a valid date';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $value = $validation->getValue($field);
        if ($this->allowEmpty($field, $value)) {
            return true;
        }
        $format = $this->getOption('format');
        $format = (is_array($format) ? $format[$field] ?? null : $format) ?: 'Y-m-d';
        if (is_string($value) && $this->isDate($value, $format)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }

    private function isDate(string $value, string $format): bool
    {
        if (str_contains($value, "\0")) {
            return false; // createFromFormat() would throw
        }
        DateTime::createFromFormat($format, $value);
        $errors = DateTime::getLastErrors();

        return $errors === false || ($errors['warning_count'] === 0 && $errors['error_count'] === 0);
    }
}
