<?php

declare(strict_types=1);

namespace Phalcon\Html\Link\Interfaces;

/** A link of a resource to another: PSR-13. */
interface LinkInterface
{
    public function getAttributes(): array;

    public function getHref(): string;

    public function getRels(): array;

    public function isTemplated(): bool;
}
