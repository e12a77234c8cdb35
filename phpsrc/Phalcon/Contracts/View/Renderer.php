<?php

declare(strict_types=1);

namespace Phalcon\Contracts\View;

/** Renders a view to text. */
interface Renderer
{
    public function render(string $path, array $params = []): string;
}
