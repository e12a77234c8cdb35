<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes meta elements. */
class Meta extends AbstractSeries
{
    public function add(array $attributes = [], int $position = -1): static
    {
        $this->pushOrPlace(['renderTag', [$this->getTag(), $attributes], $this->indent()], $position);

        return $this;
    }

    public function addHttp(string $httpEquiv, string $content, int $position = -1): static
    {
        return $this->add(['http-equiv' => $httpEquiv, 'content' => $content], $position);
    }

    public function addName(string $name, string $content, int $position = -1): static
    {
        return $this->add(['name' => $name, 'content' => $content], $position);
    }

    public function addProperty(string $name, string $content, int $position = -1): static
    {
        return $this->add(['property' => $name, 'content' => $content], $position);
    }

    protected function getTag(): string
    {
        return 'meta';
    }
}
