<?php

declare(strict_types=1);

namespace Phalcon\Config\Exceptions;

use Phalcon\Config\Exception;

/** An entry of the "array" adapter has no array. */
class GroupedAdapterRequiresArray extends Exception
{
    public function __construct()
    {
        parent::__construct("To use 'array' adapter you have to specify the 'config' as an array.");
    }
}
