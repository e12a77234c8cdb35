<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Html\Link\Interfaces\LinkInterface;
use Psr\Link\LinkInterface as PsrLink;

/** What providers of links have in common. */
abstract class AbstractLinkProvider
{
    protected $links = [];

    /** Takes links, PSR-13's as well; what is none is left out. */
    public function __construct(array $links = [])
    {
        foreach ($links as $link) {
            if ($link instanceof LinkInterface || $link instanceof PsrLink) {
                $this->links[$this->getKey($link)] = $link;
            }
        }
    }

    protected function doGetLinks(): array
    {
        return $this->links;
    }

    protected function doGetLinksByRel(string $rel): array
    {
        return array_values(array_filter(
            $this->links,
            static fn (object $link): bool => in_array($rel, $link->getRels())
        ));
    }

    protected function doWithLink($link): static
    {
        $provider = clone $this;
        $provider->links[$this->getKey($link)] = $link;

        return $provider;
    }

    protected function doWithoutLink($link): static
    {
        $provider = clone $this;
        unset($provider->links[$this->getKey($link)]);

        return $provider;
    }

    protected function getKey($link): string
    {
        return spl_object_hash($link);
    }
}
