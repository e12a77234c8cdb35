<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/** A value from "minimum" to "maximum", both included. The options may be arrays by field. */
class Between extends AbstractValidator
{
    protected $template = 'Field :field must be within the range of :min to :max';

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
        $minimum = $this->getOption('minimum');
        $maximum = $this->getOption('maximum');
        $minimum = is_array($minimum) ? $minimum[$field] ?? null : $minimum;
        $maximum = is_array($maximum) ? $maximum[$field] ?? null : $maximum;
        if (!($value < $minimum || $value > $maximum)) {
            return true;
        }
        $replacements = [':min' => $minimum, ':max' => $maximum];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }
}
