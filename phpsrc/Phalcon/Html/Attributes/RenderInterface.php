<?php

declare(strict_types=1);

namespace Phalcon\Html\Attributes;

/** What can be shown as text. */
interface RenderInterface
{
    public function render(): string;
}
