<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/** A value that equals "accepted" (or "value"), which may be an array by field. Compared as == does. */
class Identical extends AbstractValidator
{
    protected $template = 'Field :field does not have the expected value';

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
        $accepted = $this->getOption($this->hasOption('accepted') ? 'accepted' : 'value');
        if ($accepted && $value == (is_array($accepted) ? $accepted[$field] ?? null : $accepted)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
