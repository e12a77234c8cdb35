<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Assets;

/** Changes the text of an asset, to make it smaller for instance. */
interface Filter
{
    public function filter(string $content): string;
}
