<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes link elements. */
class Link extends Style
{
    public function add(string $url, array $attributes = [], int $position = -1): static
    {
        $this->pushOrPlace(
            ['renderTag', [$this->getTag(), $this->getAttributes($url, $attributes), '/'], $this->indent()],
            $position
        );

        return $this;
    }

    protected function getAttributes(string $url, array $attributes): array
    {
        return $this->injectAttribute('href', $url, $attributes);
    }

    protected function getTag(): string
    {
        return 'link';
    }
}
