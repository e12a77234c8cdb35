<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\AbstractValidator;

/**
 * An IP address of "version": VERSION_4, VERSION_6 or both, the default; may be by field.
 *
 * Private and reserved ranges are refused unless "allowPrivate" and "allowReserved" say otherwise.
 */
class Ip extends AbstractValidator
{
    public const VERSION_4 = FILTER_FLAG_IPV4;
    public const VERSION_6 = FILTER_FLAG_IPV6;

    protected $template = 'Field :field must be a valid IP address';

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
        $version = $this->getOption('version', self::VERSION_4 | self::VERSION_6);
        $flags = is_array($version) ? $version[$field] ?? 0 : $version;
        $flags |= $this->getOption('allowPrivate') ? 0 : FILTER_FLAG_NO_PRIV_RANGE;
        $flags |= $this->getOption('allowReserved') ? 0 : FILTER_FLAG_NO_RES_RANGE;
        if (filter_var($value, FILTER_VALIDATE_IP, $flags)) {
            return true;
        }
        $validation->appendMessage($this->messageFactory($validation, $field));

        return false;
    }
}
