<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use Workerman\Connection\ConnectionInterface;

use function rtrim;
use function strlen;
use function strpos;

/**
 * Lines of text, each ended by LF. The engine frames them itself; this class is for direct callers and subclasses.
 *
 * Source: Workerman\Protocols\Text 5.2.2.
 */
class Text
{
    /** @return int length of the first line with its LF; 0: no LF yet, or closed because too much is waiting */
    public static function input(string $buffer, ConnectionInterface $connection): int
    {
        if (isset($connection->maxPackageSize) && strlen($buffer) >= $connection->maxPackageSize) {
            $connection->close();
            return 0;
        }
        $end = strpos($buffer, "\n");

        return $end === false ? 0 : $end + 1;
    }

    public static function encode(string $buffer): string
    {
        return "$buffer\n";
    }

    public static function decode(string $buffer): string
    {
        return rtrim($buffer, "\r\n");
    }
}
