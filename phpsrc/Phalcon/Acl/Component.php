<?php

declare(strict_types=1);

namespace Phalcon\Acl;

use Phalcon\Acl\Exceptions\ForbiddenWildcard;

/** What may be accessed: a controller, a kind of record. */
class Component extends AbstractElement implements ComponentInterface
{
    public function __construct(string $name, ?string $description = null)
    {
        if ($name === '*') {
            throw new ForbiddenWildcard('component');
        }
        $this->name = $name;
        $this->description = $description;
    }
}
