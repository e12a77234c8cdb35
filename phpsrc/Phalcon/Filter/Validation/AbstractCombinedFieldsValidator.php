<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation;

/** Parent of validators that look at several fields at once: they get the list of names. */
abstract class AbstractCombinedFieldsValidator extends AbstractValidator
{
}
