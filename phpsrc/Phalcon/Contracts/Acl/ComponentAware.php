<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Acl;

/** An object that stands for a component in a check. */
interface ComponentAware
{
    public function getComponentName(): string;
}
