<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

use Phalcon\Filter\Validation\Traits\ValidatorCompositeTrait;

/** Parent of validators that are made of others, by their options. */
abstract class AbstractValidatorComposite extends AbstractValidator implements ValidatorCompositeInterface
{
    use ValidatorCompositeTrait;
}
