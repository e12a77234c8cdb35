<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Html\Link\Interfaces\LinkInterface;

/** A link of a resource to another. */
class Link extends AbstractLink implements LinkInterface
{
    public function getAttributes(): array
    {
        return $this->doGetAttributes();
    }

    public function getHref(): string
    {
        return $this->doGetHref();
    }

    public function getRels(): array
    {
        return $this->doGetRels();
    }

    public function isTemplated(): bool
    {
        return $this->doIsTemplated();
    }
}
