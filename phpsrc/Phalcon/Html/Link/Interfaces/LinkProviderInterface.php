<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Interfaces;

/** What has links: PSR-13. */
interface LinkProviderInterface
{
    public function getLinks(): array;

    public function getLinksByRel(string $rel): array;
}
