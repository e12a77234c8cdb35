<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Exceptions\MissingMbstring;
use Phalcon\Filter\Validation\Text;
use Phalcon\Traits\Php\InfoTrait;

/**
 * The same text as the field "with" has; "ignoreCase" for letters of any case.
 *
 * "labelWith" is how the message calls the other field. The options but "ignoreCase" may be arrays by field.
 */
class Confirmation extends AbstractValidator
{
    use InfoTrait;

    protected $template = 'Field :field must be the same as :with';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $with = $this->getOption('with');
        $with = (string) (is_array($with) ? $with[$field] ?? '' : $with);
        $value = Text::of($validation->getValue($field));
        $valueWith = Text::of($validation->getValue($with));
        if ($value !== null && $valueWith !== null && $this->compare($value, $valueWith)) {
            return true;
        }
        $labelWith = $this->getOption('labelWith');
        $labelWith = is_array($labelWith) ? $labelWith[$with] ?? null : $labelWith;
        $replacements = [':with' => empty($labelWith) ? $validation->getLabel($with) : $labelWith];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }

    final protected function compare(string $a, string $b): bool
    {
        if (!$this->getOption('ignoreCase', false)) {
            return $a === $b;
        }
        if (!$this->phpFunctionExists('mb_strtolower')) {
            throw new MissingMbstring();
        }

        return mb_strtolower($a, 'UTF-8') === mb_strtolower($b, 'UTF-8');
    }
}
