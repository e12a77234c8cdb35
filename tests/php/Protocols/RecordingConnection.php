<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use Workerman\Connection\TcpConnection;

/** A connection without an engine: what a protocol does with it is recorded. */
class RecordingConnection extends TcpConnection
{
    /** @var list<list<mixed>> the calls in order, each [method, argument...] */
    public array $calls = [];

    public function __construct()
    {
    }

    public function send(mixed $sendBuffer, bool $raw = false): bool|null
    {
        $this->calls[] = ['send', (string) $sendBuffer, $raw];

        return true;
    }

    public function sendFile(string $head, string $path, int $offset, int $length): ?bool
    {
        $this->calls[] = ['sendFile', $head, $path, $offset, $length];

        return true;
    }

    public function close(mixed $data = null, bool $raw = false): void
    {
        $this->calls[] = ['close', $data === null ? null : (string) $data, $raw];
    }

    public function end(mixed $data = null, bool $raw = false): void
    {
        $this->calls[] = ['end', $data === null ? null : (string) $data, $raw];
    }

    public function consumeRecvBuffer(int $length): void
    {
        $this->calls[] = ['consumeRecvBuffer', $length];
    }
}
