<?php

declare(strict_types=1);

namespace Phalcon\Html\Attributes;

use Phalcon\Html\Attributes;

/** What has attributes. */
interface AttributesInterface
{
    public function getAttributes(): Attributes;

    public function setAttributes(Attributes $attributes): AttributesInterface;
}
