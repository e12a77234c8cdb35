<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use Stringable;

use function dechex;
use function strlen;

/**
 * One piece of a body sent with "Transfer-Encoding: chunked"; the empty piece ends the body (RFC 9112, 7.1).
 *
 * Source: Workerman\Protocols\Http\Chunk 5.2.2.
 */
class Chunk implements Stringable
{
    public function __construct(protected string $buffer)
    {
    }

    public function __toString(): string
    {
        return dechex(strlen($this->buffer)) . "\r\n$this->buffer\r\n";
    }
}
