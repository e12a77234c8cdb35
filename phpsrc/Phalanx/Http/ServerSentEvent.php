<?php

declare(strict_types=1);

namespace Phalanx\Http;

/** An event of a text/event-stream. */
final class ServerSentEvent
{
    public function __construct(
        /** 'message' when the server names none. */
        public readonly string $type,
        public readonly string $data,
        /** The last one that the server has given: Last-Event-ID of the next request. */
        public readonly string $id,
        /** Seconds that the server asks a client to wait before it connects again. */
        public readonly ?float $retry,
    ) {
    }
}
