<?php

declare(strict_types=1);

namespace Protocols;

use JsonException;
use Workerman\Connection\ConnectionInterface;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\ProtocolInterface;

/** One JSON value a line. */
final class JsonLine implements ProtocolInterface
{
    private const int MAX_LINE = 65536; // bytes

    /** How long the first message is; 0 while its end has not arrived. */
    public static function input(string $buffer, ConnectionInterface $connection): int
    {
        $end = strpos($buffer, "\n");
        if ($end === false && strlen($buffer) < self::MAX_LINE) {
            return 0;
        }
        if ($end === false || $end >= self::MAX_LINE) {
            // A peer must not make us collect bytes without end.
            $connection instanceof TcpConnection ? $connection->destroy() : $connection->close();
            return 0;
        }

        return $end + 1;
    }

    /** What onMessage gets; null is also what a line that is not JSON becomes. */
    public static function decode(string $buffer, ConnectionInterface $connection): mixed
    {
        return json_decode($buffer, true, 32);
    }

    /**
     * What goes out.
     *
     * @throws JsonException when the data has no JSON form
     */
    public static function encode(mixed $data, ConnectionInterface $connection): string
    {
        return json_encode($data, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE) . "\n";
    }
}
