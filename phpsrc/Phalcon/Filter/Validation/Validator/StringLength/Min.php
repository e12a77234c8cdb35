<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\StringLength;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;
use Phalcon\Traits\Php\InfoTrait;

/** A text of more characters (UTF-8) than "min"; of as many too if "included". The options may be by field. */
class Min extends AbstractValidator
{
    use InfoTrait;

    protected $template = 'Field :field must be at least :min characters long';

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
        $min = $this->getOption('min');
        $min = is_array($min) ? $min[$field] ?? null : $min;
        $included = $this->getOption('included');
        $included = is_array($included) ? $included[$field] ?? false : $included;
        $text = Text::of($value);
        if ($text !== null) {
            $length = $this->phpFunctionExists('mb_strlen') ? mb_strlen($text) : strlen($text);
            if ($included ? $length >= $min : $length > $min) {
                return true;
            }
        }
        $validation->appendMessage($this->messageFactory($validation, $field, [':min' => $min]));

        return false;
    }
}
