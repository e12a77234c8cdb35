<?php

declare(strict_types=1);

namespace Phalcon\Storage\Serializer\Exceptions;

use InvalidArgumentException;

/** What was stored is no text. */
class InvalidUnserializationInput extends InvalidArgumentException
{
    public function __construct()
    {
        parent::__construct('Data for the unserializer must be of type string');
    }
}
