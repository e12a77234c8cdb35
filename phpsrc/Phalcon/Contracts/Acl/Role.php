<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl;

use Stringable;

/** Somebody, or a group, that access is granted to. */
interface Role extends Stringable
{
    public function __toString(): string;

    public function getDescription(): ?string;

    public function getName(): string;
}
