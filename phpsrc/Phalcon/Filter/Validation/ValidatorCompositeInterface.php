<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

use Phalcon\Filter\Validation;

/** A validator that is made of others. */
interface ValidatorCompositeInterface
{
    public function getValidators(): array;

    public function validate(Validation $validation, $field): bool;
}
