<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Filter\Validation\Traits;

use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Exceptions\NoValidatorsInComposite;

/** Asks several validators; the first that fails ends it. */
trait ValidatorCompositeTrait
{
    protected $validators = [];

    public function getValidators(): array
    {
        return $this->validators;
    }

    public function validate(Validation $validation, $field): bool
    {
        $validators = $this->getValidators();
        if ($validators === []) {
            throw new NoValidatorsInComposite(static::class);
        }
        foreach ($validators as $validator) {
            if ($validator->validate($validation, $field) === false) {
                return false;
            }
        }

        return true;
    }
}
