<?php

declare(strict_types=1);

namespace Phalanx\Tests\Workerman;

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Frame;
use Workerman\Protocols\Http;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Text;
use Workerman\Worker;

/** Messages that came together: they keep their order, and are decoded by the protocol of their moment. */
final class MessageOrderTest extends EngineCase
{
    public function testInputThatCameTogetherIsDecodedByTheNewProtocol(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $worker->onMessage = static function (TcpConnection $connection, mixed $data): void {
            $connection->send($data instanceof Request ? $data->path() : $data);
            $connection->protocol = match ($data) {
                'frame' => Frame::class,
                'http' => Http::class,
                'text' => Text::class,
                default => $connection->protocol,
            };
        };
        $in = "one\nframe\n" . Frame::encode("two\n") . Frame::encode('text') . "three\nhttp\n"
            . "GET /path HTTP/1.1\r\nHost: x\r\n\r\n";
        $out = "one\nframe\n" . Frame::encode("two\n") . Frame::encode('text') . "three\nhttp\n"
            . "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\n"
            . "Content-Length: 5\r\n\r\n/path";
        $this->assertAnswer($out, $this->client($worker), $in);
    }

    /** Another connection's callback lets it go on while the rest of its batch is still to be told. */
    public function testResumingInTheMiddleOfABatchKeepsTheOrder(): void
    {
        $worker = new Worker('text://127.0.0.1:0');
        $first = null;
        $got = [];
        $worker->onMessage = static function (TcpConnection $connection, string $data) use (&$first, &$got): void {
            $got[] = $data;
            if ($data === '1') {
                $first = $connection;
                $connection->pauseRecv();
            }
            if ($data === 'resume') {
                $first->resumeRecv();
            }
        };
        $client = $this->client($worker);
        $address = \stream_socket_get_name($client, true);
        $other = \stream_socket_client("tcp://$address");
        $this->runLoop(0.05); // both are accepted
        \fwrite($client, "1\n2\n3\n4\n");
        \fwrite($other, "resume\n");
        $this->runLoop(2, static function () use (&$got): bool {
            return \count($got) === 5;
        });
        self::assertSame(['1', '2', '3', '4'], \array_values(\array_diff($got, ['resume'])));
    }
}
