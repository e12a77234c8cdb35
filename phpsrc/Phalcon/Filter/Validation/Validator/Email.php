<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/** An e-mail address; with "allowUTF8" its local part may have letters of any script. */
class Email extends AbstractValidator
{
    protected $template = 'Field :field must be an email address';

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
        $flags = $this->getOption('allowUTF8') ? FILTER_FLAG_EMAIL_UNICODE : 0;
        if (filter_var($value, FILTER_VALIDATE_EMAIL, $flags)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
