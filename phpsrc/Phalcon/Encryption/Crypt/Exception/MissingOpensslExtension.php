<?php

declare(strict_types=1);

namespace Phalcon\Encryption\Crypt\Exception;

/** There is no ext-openssl. */
class MissingOpensslExtension extends Exception
{
    public function __construct()
    {
        parent::__construct('This class requires the openssl extension for PHP');
    }
}
