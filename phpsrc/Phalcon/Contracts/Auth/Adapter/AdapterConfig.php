<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Auth\Adapter;

/** The settings of a source of users. */
interface AdapterConfig
{
    public function getModel(): ?string;
}
