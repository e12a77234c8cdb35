<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl\Adapter;

/** An access list that can be stored and read again. */
interface Persistable
{
    public function load(): bool;

    public function save(): bool;
}
