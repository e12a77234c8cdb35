<?php

declare(strict_types=1);

namespace Phalcon\Flash\Exceptions;

use Phalcon\Flash\Exception;

/** A message is neither text nor an array of texts. */
class FlashMessageNotStringOrArray extends Exception
{
    public function __construct()
    {
        parent::__construct('The message must be an array or a string');
    }
}
