<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Assets;

/** A style sheet, a script or another file that a page links to. */
interface Asset
{
    public function getAssetKey(): string;

    public function getAttributes(): ?array;

    public function getFilter(): bool;

    public function getType(): string;

    public function setAttributes(array $attributes): Asset;

    public function setFilter(bool $filter): Asset;

    public function setType(string $type): Asset;
}
