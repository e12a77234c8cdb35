<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** Words joined by underscores. */
class SnakeCase extends PascalCase
{
    public function __invoke(string $text, ?string $delimiters = null): string
    {
        return implode('_', $this->processArray($text, $delimiters));
    }
}
