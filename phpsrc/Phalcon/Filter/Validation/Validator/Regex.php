<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;

/** A text that the regular expression "pattern", which may be by field, matches as a whole. */
class Regex extends AbstractValidator
{
    protected $template = 'Field :field does not match the required format';

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
        $pattern = $this->getOption('pattern');
        $pattern = is_array($pattern) ? $pattern[$field] ?? '' : $pattern;
        $text = $value === null ? null : Text::of($value);
        if ($text !== null && preg_match($pattern, $text, $matches) && $matches[0] === $text) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
