<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Html\Link\Interfaces\EvolvableLinkProviderInterface;
use Phalcon\Html\Link\Interfaces\LinkInterface;

/** Has links, and can be copied with others. */
class EvolvableLinkProvider extends LinkProvider implements EvolvableLinkProviderInterface
{
    public function withLink(LinkInterface $link): static
    {
        return $this->doWithLink($link);
    }

    public function withoutLink(LinkInterface $link): static
    {
        return $this->doWithoutLink($link);
    }
}
