<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;

/** A number in digits, with "," or "." before decimals and the other one, or none, between groups. */
class Numericality extends AbstractValidator
{
    private const FORMAT = '/^-?(?:[0-9,]+(?:\.[0-9]+)?|[0-9.]+(?:,[0-9]+)?)$/D';

    protected $template = 'Field :field does not have a valid numeric format';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $value = $validation->getValue($field);
        if ($this->allowEmpty($field, $value) || preg_match(self::FORMAT, Text::of($value) ?? '') === 1) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
