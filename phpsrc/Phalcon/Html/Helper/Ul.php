<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes an unordered list. */
class Ul extends Ol
{
    protected function getTag(): string
    {
        return 'ul';
    }
}
