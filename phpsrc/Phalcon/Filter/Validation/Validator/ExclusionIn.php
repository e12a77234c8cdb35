<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;
use Phalcon\Filter\Validation\Exceptions\InvalidDomainOption;
use Phalcon\Filter\Validation\Exceptions\InvalidStrictOption;

/**
 * None of the values of "domain".
 *
 * "strict" compares types as well: without it true, which JSON can say, equals any text. Both may be by field.
 */
class ExclusionIn extends AbstractValidator
{
    protected $template = 'Field :field must not be a part of list: :domain';

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
        $domain = $this->getOption('domain');
        if (is_array($domain) && is_array($domain[$field] ?? null)) {
            $domain = $domain[$field];
        }
        if (!is_array($domain)) {
            throw new InvalidDomainOption();
        }
        $strict = $this->getOption('strict') ?? false;
        $strict = is_array($strict) ? $strict[$field] ?? null : $strict;
        if (!is_bool($strict)) {
            throw new InvalidStrictOption();
        }
        if (!in_array($value, $domain, $strict)) {
            return true;
        }
        $replacements = [':domain' => implode(', ', $domain)];
        $validation->appendMessage($this->messageFactory($validation, $field, $replacements));

        return false;
    }
}
