<?php

// Socket.IO: a protocol class of its own that parses and answers HTTP inside input().

use PHPSocketIO\SocketIO;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

$io = new SocketIO();
$io->attach(new Worker('SocketIO://127.0.0.1:' . getenv('PORT')));
$io->on('connection', static function ($socket) use ($io): void {
    $socket->on('join', static function (string $room) use ($socket): void {
        $socket->join($room);
        $socket->emit('joined', $room);
    });
    $socket->on('say', static function (string $text) use ($io): void {
        $io->emit('said', ['text' => $text]);
    });
    $socket->on('room', static function (string $room, string $text) use ($io): void {
        $io->to($room)->emit('room', $text);
    });
    $socket->on('others', static function (string $text) use ($socket): void {
        $socket->broadcast->emit('others', $text);
    });
    $socket->on('ask', static function (string $text, callable $answer): void {
        $answer(strrev($text));
    });
    $socket->on('disconnect', static function (): void {
        echo "disconnected\n";
    });
});
Worker::runAll();
