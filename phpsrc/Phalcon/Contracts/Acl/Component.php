<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl;

use Stringable;

/** Something that access is controlled to. */
interface Component extends Stringable
{
    public function __toString(): string;

    public function getDescription(): ?string;

    public function getName(): string;
}
