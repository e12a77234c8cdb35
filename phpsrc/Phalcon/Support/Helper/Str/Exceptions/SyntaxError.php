<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str\Exceptions;

use RuntimeException;

/** A text for Dynamic has a delimiter without its partner. */
class SyntaxError extends RuntimeException
{
    public function __construct(string $text)
    {
        parent::__construct("Syntax error in string '$text'");
    }
}
