<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/**
 * A URL; "options" are flags and options of FILTER_VALIDATE_URL.
 *
 * Any scheme will do: look at it before the URL becomes a link.
 */
class Url extends AbstractValidator
{
    protected $template = 'Field :field must be a url';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $value = $validation->getValue($field);
        $options = $this->getOption('options') ?? 0;
        if ($this->allowEmpty($field, $value) || filter_var($value, FILTER_VALIDATE_URL, $options)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
