<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Acl;

use Phalcon\Acl\ComponentAwareInterface;

/** A record of the component "posts". */
final class Post implements ComponentAwareInterface
{
    public function __construct(public readonly int $owner)
    {
    }

    public function getComponentName(): string
    {
        return 'posts';
    }
}
