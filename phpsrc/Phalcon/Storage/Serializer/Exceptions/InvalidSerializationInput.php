<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer\Exceptions;

use InvalidArgumentException;

/** A serializer of texts was given something else. */
class InvalidSerializationInput extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Data for the serializer must be of type string');
    }
}
