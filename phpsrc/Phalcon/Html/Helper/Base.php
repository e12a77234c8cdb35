<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes the base element. */
class Base extends AbstractHelper
{
    public function __invoke(?string $href = null, array $attributes = []): string
    {
        if ($href) {
            $attributes = $this->injectAttribute('href', $href, $attributes);
        } else {
            unset($attributes['href']);
        }

        return $this->renderElement('base', $attributes);
    }
}
