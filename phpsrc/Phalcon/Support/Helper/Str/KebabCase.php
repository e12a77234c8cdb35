<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Words joined by hyphens. */
class KebabCase extends PascalCase
{
    public function __invoke(string $text, ?string $delimiters = null): string
    {
        return implode('-', $this->processArray($text, $delimiters));
    }
}
