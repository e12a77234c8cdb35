<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes the body's start tag. */
class Body extends AbstractHelper
{
    public function __invoke(array $attributes = []): string
    {
        return $this->renderElement('body', $attributes);
    }
}
