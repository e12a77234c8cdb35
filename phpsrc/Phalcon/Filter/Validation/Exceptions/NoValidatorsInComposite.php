<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Exceptions;

use Phalcon\Filter\Validation\Exception;

/** A validator made of others has none. */
class NoValidatorsInComposite extends Exception
{
    public function __construct(string $className)
    {
        parent::__construct("$className does not have any validator added");
    }
}
