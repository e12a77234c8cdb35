<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Html\Link\Interfaces\LinkProviderInterface;

/** Has links. */
class LinkProvider extends AbstractLinkProvider implements LinkProviderInterface
{
    public function getLinks(): array
    {
        return $this->doGetLinks();
    }

    public function getLinksByRel($rel): array
    {
        return $this->doGetLinksByRel($rel);
    }
}
