<?php

declare(strict_types=1);

namespace Workerman\Coroutine\Utils;

use RuntimeException;

/**
 * Drivers for another scheduler than the engine's. They load without its extension and refuse to work then.
 *
 * @internal
 */
final class ForeignDriver
{
    /**
     * @throws RuntimeException when the extension is missing
     */
    public static function need(string $extension): void
    {
        if (!\extension_loaded(\strtolower($extension))) {
            throw new RuntimeException(
                "The $extension driver needs the PHP extension $extension; the Fiber driver needs none"
            );
        }
    }
}
