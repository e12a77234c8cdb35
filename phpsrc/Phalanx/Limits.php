<?php

declare(strict_types=1);

namespace Phalanx;

use function implode;
use function is_array;

/**
 * What the peers of a worker may do: $worker->limits, read when the worker listens.
 *
 * Times are in seconds, sizes in bytes, rates in bytes a second. NONE lifts a time, a rate or a number of connections.
 * The sizes of messages and send buffers are where Workerman has them: TcpConnection::$defaultMaxPackageSize and
 * $defaultMaxSendBufferSize, and the properties of a connection.
 */
final class Limits
{
    public const NONE = -1;

    /** Of an HTTP request, without its line end; more is 414. */
    public int $requestLine = 8192;

    /** Of an HTTP request's head, request line included; more is 431. */
    public int $head = 16384;

    /** Header lines of an HTTP request; more is 431. */
    public int $headerFields = 100;

    /** Requests of a connection that wait for their answers, up to 64; further ones wait to be read. */
    public int $pipeline = 64;

    /** From a head's first byte to its last; longer is 408. */
    public float $headTime = 10.0;

    /** Between two reads of a body; longer is 408. */
    public float $bodyTime = 60.0;

    /** Of a body, over each minute; less is 408. */
    public int $bodyRate = 240;

    /** Without a request, from the connection or the last answer on; then it is closed. */
    public float $idleTime = 75.0;

    /** How long a TLS handshake may take. */
    public float $handshakeTime = 10.0;

    /** TLS handshakes under way in a slot. */
    public int $handshakes = 4096;

    /**
     * How often one looks at a peer that does not take what waits for it; null: 60 for HTTP and for connections that
     * are to close, never for open connections of other protocols. A number is for all protocols.
     */
    public ?float $sendTime = null;

    /** What such a peer must have taken since the last look; with less the connection is reset. */
    public int $sendRate = 240;

    /** Pings and pongs of a WebSocket a second, over each minute; more is close 1008. */
    public int $pingRate = 20;

    /** Frames of a WebSocket message, beside one for each 64 bytes of it; more is close 1009. */
    public int $fragments = 1024;

    /**
     * Of all slots of this worker in a server process. With one more the HTTP connection goes that has been idle for
     * longest, or the new one is closed.
     */
    public int $connections = self::NONE;

    /** Of these from one IPv4 address, or one IPv6 network of 64 bits; the next one is closed. */
    public int $connectionsPerAddress = self::NONE;

    /** @var list<string> addresses and networks ('10.0.0.0/8') that $connectionsPerAddress is not for: your proxies */
    public array $exempt = [];

    /**
     * @internal
     * @param string $group whose connections count together
     */
    public function toText(string $group): string
    {
        $text = "group=$group\n";
        foreach (\get_object_vars($this) as $name => $value) {
            if ($value !== null) {
                $text .= $name . '=' . (is_array($value) ? implode(',', $value) : $value) . "\n";
            }
        }

        return $text;
    }
}
