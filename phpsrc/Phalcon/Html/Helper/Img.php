<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes an image. */
class Img extends AbstractHelper
{
    public function __invoke(string $src, array $attributes = []): string
    {
        return $this->selfClose('img', $this->injectAttribute('src', $src, $attributes));
    }
}
