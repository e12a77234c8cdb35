<?php

/*
 * Outgoing connections: a TCP proxy in front of TARGET, and a WebSocket client that follows FEED and connects again when
 * the connection is lost.
 *
 *     TARGET=127.0.0.1:80 FEED=ws://127.0.0.1:2345/ phalanx examples/clients.php start
 */

declare(strict_types=1);

use Workerman\Connection\AsyncTcpConnection;
use Workerman\Connection\TcpConnection;
use Workerman\Worker;

$proxy = new Worker('tcp://127.0.0.1:' . (getenv('PORT') ?: '8080'));
$proxy->name = 'proxy';
$proxy->onConnect = static function (TcpConnection $visitor): void {
    $target = new AsyncTcpConnection('tcp://' . (getenv('TARGET') ?: '127.0.0.1:80'));
    // Each side is read no faster than the other one takes it, and both close together.
    $visitor->pipe($target);
    $target->pipe($visitor);
    $target->onError = static fn (AsyncTcpConnection $c, int $code, string $text) => Worker::log($text);
    $target->connect();
};

if (getenv('FEED')) {
    $follower = new Worker();
    $follower->name = 'follower';
    $follower->onWorkerStart = static function (): void {
        $feed = new AsyncTcpConnection(getenv('FEED'));
        $feed->headers = ['X-Client' => 'example'];
        $feed->websocketPingInterval = 30; // seconds
        $feed->onWebSocketConnect = static fn (AsyncTcpConnection $c) => $c->send('subscribe');
        $feed->onMessage = static function (AsyncTcpConnection $c, string $data): void {
            echo "feed: $data\n";
        };
        $feed->onClose = static fn (AsyncTcpConnection $c) => $c->reconnect(1); // second
        $feed->connect();
    };
}

Worker::runAll();
