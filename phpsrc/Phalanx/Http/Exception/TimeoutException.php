<?php

declare(strict_types=1);

namespace Phalanx\Http\Exception;

/** One of the request's time limits is over. */
final class TimeoutException extends HttpException
{
    protected string $phase = 'total';

    /** Which limit: 'connect', 'tls', 'firstByte', 'idle' or 'total'. */
    public function getPhase(): string
    {
        return $this->phase;
    }

    /** Whether the server can have seen the request. */
    public function isBeforeRequest(): bool
    {
        return $this->phase === 'connect' || $this->phase === 'tls';
    }
}
