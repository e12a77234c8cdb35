<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes style sheets' link elements; as style elements when setStyle() says so. */
class Style extends AbstractSeries
{
    private bool $isStyle = false;

    public function add(string $url, array $attributes = [], int $position = -1): static
    {
        $this->pushOrPlace(
            ['renderTag', [$this->getTag(), $this->getAttributes($url, $attributes), '/'], $this->indent()],
            $position
        );

        return $this;
    }

    public function setStyle(bool $flag): static
    {
        $this->isStyle = $flag;

        return $this;
    }

    protected function getAttributes(string $url, array $attributes): array
    {
        $required = ['rel' => 'stylesheet', 'href' => $url, 'type' => 'text/css', 'media' => 'screen'];
        if ($this->isStyle) {
            unset($required['rel']);
        }
        unset($attributes['href']);

        return array_merge($required, $attributes);
    }

    protected function getTag(): string
    {
        return $this->isStyle ? 'style' : 'link';
    }
}
