<?php

declare(strict_types=1);

namespace Phalcon\Mvc\Url;

use Exception as BaseException;

/** What the URL service throws. */
class Exception extends BaseException
{
}
