<?php

declare(strict_types=1);

namespace Phalcon\Acl;

/** What a rule says. */
class Enum
{
    public const ALLOW = 1;
    public const DENY = 0;
}
