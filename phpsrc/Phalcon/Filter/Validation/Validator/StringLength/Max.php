<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator\StringLength;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;
use Phalcon\Traits\Php\InfoTrait;

/** A text of fewer characters (UTF-8) than "max"; of as many too if "included". The options may be by field. */
class Max extends AbstractValidator
{
    use InfoTrait;

    protected $template = 'Field :field must not exceed :max characters long';

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
        $max = $this->getOption('max');
        $max = is_array($max) ? $max[$field] ?? null : $max;
        $included = $this->getOption('included');
        $included = is_array($included) ? $included[$field] ?? false : $included;
        $text = Text::of($value);
        if ($text !== null) {
            $length = $this->phpFunctionExists('mb_strlen') ? mb_strlen($text) : strlen($text);
            if ($included ? $length <= $max : $length < $max) {
                return true;
            }
        }
        $validation->appendMessage($this->messageFactory($validation, $field, [':max' => $max]));

        return false;
    }
}
