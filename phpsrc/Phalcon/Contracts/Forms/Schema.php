<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Forms;

/** A source of a form's elements. */
interface Schema
{
    public function load(): array;
}
