<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** A cipher that authenticates has nothing to authenticate besides the text. */
class MissingAuthData extends Exception
{
    public function __construct()
    {
        parent::__construct('Auth data must be provided when using AEAD mode');
    }
}
