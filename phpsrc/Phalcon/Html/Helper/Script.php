<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes script elements. */
class Script extends AbstractSeries
{
    public function add(string $url, array $attributes = [], int $position = -1): static
    {
        $this->pushOrPlace(
            ['renderFullElement', [$this->getTag(), '', $this->getAttributes($url, $attributes)], $this->indent()],
            $position
        );

        return $this;
    }

    /** What is printed from here to endInternal() is a script's text. */
    public function beginInternal(): void
    {
        ob_start();
    }

    public function endInternal(array $attributes = [], int $position = -1): static
    {
        $this->pushOrPlace(
            ['renderFullElement', [$this->getTag(), (string) ob_get_clean(), $attributes, true], $this->indent()],
            $position
        );

        return $this;
    }

    protected function getAttributes(string $url, array $attributes): array
    {
        unset($attributes['src']);

        return array_merge(['src' => $url, 'type' => 'application/javascript'], $attributes);
    }

    protected function getTag(): string
    {
        return 'script';
    }
}
