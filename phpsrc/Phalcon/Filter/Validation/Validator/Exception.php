<?php

declare(strict_types=1);

namespace Phalcon\Filter\Validation\Validator;

/** For the application's own validators; those of Phalcon do not throw it. */
class Exception extends \Exception
{
}
