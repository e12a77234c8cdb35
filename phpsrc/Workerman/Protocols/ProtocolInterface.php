<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use Workerman\Connection\ConnectionInterface;

/**
 * A protocol of the application's own: how a stream of bytes falls into messages.
 *
 * Source: Workerman\Protocols\ProtocolInterface 5.2.2.
 */
interface ProtocolInterface
{
    /**
     * Called whenever bytes have arrived, with all that are waiting.
     *
     * @return int length of the first message in bytes, more than there are if it is known early; 0: not known yet;
     *             negative: not this protocol, the connection is closed
     */
    public static function input(string $buffer, ConnectionInterface $connection): int;

    /**
     * @param string $buffer exactly one message, as long as input() said
     * @return mixed what onMessage gets
     */
    public static function decode(string $buffer, ConnectionInterface $connection): mixed;

    /** @param mixed $data what send() was given */
    public static function encode(mixed $data, ConnectionInterface $connection): string;
}
