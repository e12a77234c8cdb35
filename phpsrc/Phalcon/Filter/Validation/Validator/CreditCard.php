<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Text;

/** Digits with a right check digit (Luhn). Their number and the issuer are not looked at. */
class CreditCard extends AbstractValidator
{
    protected $template = 'Field :field is not valid for a credit card number';

    public function __construct(array $options = [])
    {
        parent::__construct($options);
    }

    public function validate(Validation $validation, $field): bool
    {
        $value = $validation->getValue($field);
        if ($this->allowEmpty($field, $value) || $this->isLuhn(Text::of($value) ?? '')) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }

    private function isLuhn(string $number): bool
    {
        if (!ctype_digit($number)) {
            return false;
        }
        $sum = 0;
        $isDoubled = false;
        for ($i = strlen($number) - 1; $i >= 0; $i--) {
            $digit = (int) $number[$i] * ($isDoubled ? 2 : 1);
            $sum += $digit > 9 ? $digit - 9 : $digit;
            $isDoubled = !$isDoubled;
        }

        return $sum % 10 === 0;
    }
}
