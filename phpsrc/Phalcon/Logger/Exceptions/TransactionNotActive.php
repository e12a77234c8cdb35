<?php

declare(strict_types=1);

namespace Phalcon\Logger\Exceptions;

use Phalcon\Logger\Exception;

/** A transaction is ended that was not begun. */
class TransactionNotActive extends Exception
{
    public function __construct()
    {
        parent::__construct('There is no active transaction');
    }
}
