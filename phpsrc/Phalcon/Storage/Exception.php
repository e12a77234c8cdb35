<?php

declare(strict_types=1);

namespace Phalcon\Storage;

use Exception as BaseException;

/** What Phalcon\Storage throws. */
class Exception extends BaseException
{
}
