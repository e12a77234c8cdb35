<?php

declare(strict_types=1);

namespace Phalcon\Session\Adapter\Exceptions;

use Phalcon\Session\Exception;

/** The folder of the sessions' files is not there, or cannot be written to. */
class SavePathUnavailable extends Exception
{
    public function __construct(string $path)
    {
        parent::__construct("The session save path [$path] is not writable");
    }
}
