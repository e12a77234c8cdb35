<?php

declare(strict_types=1);

namespace Phalcon\Logger\Exceptions;

use Phalcon\Logger\Exception;

/** A transaction is begun while another is open. */
class TransactionAlreadyActive extends Exception
{
    public function __construct()
    {
        parent::__construct('There is an active transaction');
    }
}
