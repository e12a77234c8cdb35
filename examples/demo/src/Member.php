<?php

declare(strict_types=1);

namespace Demo;

use Workerman\Connection\TcpConnection;

/** Somebody in the chat room. */
final class Member
{
    /** Messages in a row before the sender has to wait, and how many come back each second. */
    private const float BURST = 5.0;
    private const float PER_SECOND = 1.0;

    public string $name = ''; // empty until the page has introduced itself
    private float $allowance = self::BURST;
    private float $asked;

    public function __construct(public readonly TcpConnection $connection)
    {
        $this->asked = microtime(true);
    }

    /** Takes one from the member's allowance of messages; false when it is used up. */
    public function maySpeak(): bool
    {
        $now = microtime(true);
        $this->allowance = min(self::BURST, $this->allowance + ($now - $this->asked) * self::PER_SECOND);
        $this->asked = $now;
        if ($this->allowance < 1.0) {
            return false;
        }
        $this->allowance -= 1.0;

        return true;
    }
}
