<?php

declare(strict_types=1);

namespace Phalcon\Support\Helper\Str;

/** One slash for several, but for those behind a URL's scheme. */
class ReduceSlashes
{
    public function __invoke(string $text): string
    {
        return (string)preg_replace('#(?<!:)//+#', '/', $text);
    }
}
