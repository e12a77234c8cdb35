<?php

declare(strict_types=1);

namespace Phalanx\Http;

/** When things happened: seconds since the call began; null for what did not, such as a connection that was there. */
final class Timings
{
    public function __construct(
        public readonly ?float $name,
        public readonly ?float $connected,
        public readonly ?float $tls,
        public readonly ?float $sent,
        public readonly ?float $firstByte,
        /** The head of the response for one that is streamed, else its end. */
        public readonly float $total,
        /** No new connection was made for the last request. */
        public readonly bool $reused,
    ) {
    }
}
