<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman\Protocols;

use RuntimeException;
use Workerman\Connection\TcpConnection;

/** A digit, then as many bytes; '#' is padding, other letters are mistakes. */
final class Digits
{
    public static function input(string $buffer, TcpConnection $connection): mixed
    {
        $padding = \strspn($buffer, '#');
        if ($padding > 0) {
            $connection->consumeRecvBuffer($padding);
            $buffer = \substr($buffer, $padding);
        }

        return match ($buffer[0] ?? '') {
            '' => 0,
            '-' => \PHP_INT_MIN,
            'f' => false,
            'e' => throw new RuntimeException('mistake'),
            default => 1 + (int)$buffer[0],
        };
    }

    // Without the connection, as the manual's protocols have it.
    public static function decode(string $buffer): string
    {
        return \substr($buffer, 1);
    }

    public static function encode(string $data): string
    {
        return "<$data>";
    }
}
