<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes a start tag. */
class Tag extends AbstractHelper
{
    public function __invoke(string $name, array $attributes = []): string
    {
        return $this->renderTag($name, $attributes);
    }
}
