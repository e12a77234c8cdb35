<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

/** A CHECK constraint of a table. */
interface Check
{
    public function getExpression(): string;

    public function getName(): string;
}
