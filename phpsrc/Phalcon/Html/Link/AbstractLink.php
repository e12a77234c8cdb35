<?php

declare(strict_types=1);

namespace Phalcon\Html\Link;

use Phalcon\Support\Collection;

/** What links have in common. */
abstract class AbstractLink
{
    protected $attributes = null;
    protected $href = '';
    protected $rels = null;
    protected $templated = false;

    public function __construct(string $rel = '', string $href = '', array $attributes = [])
    {
        $this->attributes = new Collection($attributes);
        $this->rels = new Collection();
        $this->href = $href;
        $this->templated = $this->hrefIsTemplated($href);
        if ($rel) {
            $this->rels->set($rel, true);
        }
    }

    protected function doGetAttributes(): array
    {
        return $this->attributes->toArray();
    }

    protected function doGetHref(): string
    {
        return $this->href;
    }

    protected function doGetRels(): array
    {
        return $this->rels->getKeys(false);
    }

    protected function doIsTemplated(): bool
    {
        return $this->templated;
    }

    protected function doWithAttribute(string $key, $value): static
    {
        $link = clone $this;
        $link->attributes->set($key, $value);

        return $link;
    }

    protected function doWithHref(string $href): static
    {
        $link = clone $this;
        $link->href = $href;
        $link->templated = $this->hrefIsTemplated($href);

        return $link;
    }

    protected function doWithRel(string $key): static
    {
        $link = clone $this;
        $link->rels->set($key, true);

        return $link;
    }

    protected function doWithoutAttribute(string $key): static
    {
        $link = clone $this;
        $link->attributes->remove($key);

        return $link;
    }

    protected function doWithoutRel(string $key): static
    {
        $link = clone $this;
        $link->rels->remove($key);

        return $link;
    }

    protected function hrefIsTemplated(string $href): bool
    {
        return str_contains($href, '{') && str_contains($href, '}');
    }

    /** Copies do not share what they hold. */
    public function __clone()
    {
        $this->attributes = clone $this->attributes;
        $this->rels = clone $this->rels;
    }
}
