<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;

/** Digits only, without a sign; or an int. */
class Digit extends AbstractValidator
{
    protected $template = 'Field :field must be numeric';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $value = $validation->getValue($field);
        if ($this->allowEmpty($field, $value) || is_int($value) || ctype_digit(Text::of($value) ?? '')) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
