<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;

/** Letters of any script only; the text is UTF-8. Empty text passes, unless "allowEmpty" is false. */
class Alpha extends AbstractValidator
{
    protected $template = 'Field :field must contain only letters';

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
        $text = Text::of($value);
        $isRefused = match ($text) {
            null => true,
            '' => $this->getOption('allowEmpty') === false,
            // False, not 0, for what is not UTF-8.
            default => preg_match('/[^[:alpha:]]/imu', $text) !== 0,
        };
        if (!$isRefused) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
