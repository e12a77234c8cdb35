<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

/** Lets attributes be read and written that are not public. */
interface EntityInterface
{
    public function readAttribute(string $attribute);

    public function writeAttribute(string $attribute, $value);
}
