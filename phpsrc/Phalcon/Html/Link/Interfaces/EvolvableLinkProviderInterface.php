<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Interfaces;

/** What has links, and can be copied with others: PSR-13. */
interface EvolvableLinkProviderInterface extends LinkProviderInterface
{
    public function withLink(LinkInterface $link): EvolvableLinkProviderInterface;

    public function withoutLink(LinkInterface $link): EvolvableLinkProviderInterface;
}
