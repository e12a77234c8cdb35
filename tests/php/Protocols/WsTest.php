<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use PHPUnit\Framework\TestCase;
use Workerman\Connection\AsyncTcpConnection;
use Workerman\Protocols\Websocket;
use Workerman\Protocols\Ws;

/** The client's side of WebSocket, by hand. */
final class WsTest extends TestCase
{
    public function testMasksAreRandom(): void
    {
        $connection = $this->createMock(AsyncTcpConnection::class);
        $connection->websocketType = Websocket::BINARY_TYPE_BLOB;
        $connection->context->handshakeStep = 2;
        $masks = [];
        for ($i = 0; $i < 20; ++$i) {
            $frame = Ws::encode('payload', $connection);
            self::assertSame("\x81\x87", \substr($frame, 0, 2));
            $mask = \substr($frame, 2, 4);
            self::assertSame('payload', \substr($frame, 6) ^ \substr($mask . $mask, 0, 7));
            $masks[$mask] = true;
        }
        self::assertGreaterThan(15, \count($masks));
    }
}
