<?php

declare(strict_types=1);

namespace Phalcon\Config;

use Phalcon\Support\Collection\CollectionInterface;

/** A configuration. */
interface ConfigInterface extends CollectionInterface
{
    public function getPathDelimiter(): string;

    public function merge($toMerge): ConfigInterface;

    public function path(string $path, $defaultValue = null, ?string $delimiter = null);

    public function setPathDelimiter(?string $delimiter = null): ConfigInterface;
}
