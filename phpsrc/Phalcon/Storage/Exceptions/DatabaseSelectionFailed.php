<?php

declare(strict_types=1);

namespace Phalcon\Storage\Exceptions;

use Phalcon\Storage\Exception;

/** The Redis server has no database of this number. */
class DatabaseSelectionFailed extends Exception
{
    public function __construct()
    {
        parent::__construct('Redis server selected database failed');
    }
}
