<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Queue;

/** Opens connections to a message broker. */
interface ConnectionFactory
{
    public function createContext(): Context;
}
