<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman\Protocols;

use Workerman\Connection\AsyncTcpConnection;
use Workerman\Protocols\Ws;

/** A WebSocket client that hears all in capitals. */
final class LoudWs extends Ws
{
    public static function decode(string $bytes, AsyncTcpConnection $connection): string
    {
        return \strtoupper(parent::decode($bytes, $connection));
    }
}
