<?php

declare(strict_types=1);

namespace Phalcon\Html\Helper;

/** Makes an end tag. */
class Close extends AbstractHelper
{
    public function __invoke(string $tag, bool $raw = false): string
    {
        return $this->close($tag, $raw);
    }
}
