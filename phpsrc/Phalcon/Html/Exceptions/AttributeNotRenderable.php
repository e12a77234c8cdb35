<?php

declare(strict_types=1);

namespace Phalcon\Html\Exceptions;

use Phalcon\Html\Exception;

/** An attribute's value cannot be text. */
class AttributeNotRenderable extends Exception
{
    public function __construct(string $key, string $type)
    {
        parent::__construct("Value at index: \"$key\" type: \"$type\" cannot be rendered");
    }
}
