<?php

declare(strict_types=1);

namespace Phalanx\Connection;

/**
 * Takes 'ip:port' apart. A path, as unix sockets have, has neither part.
 *
 * @internal
 */
final class Address
{
    /** @return string with the brackets of an IPv6 address */
    public static function host(string $address): string
    {
        $colon = \strrpos($address, ':');

        return $colon ? \substr($address, 0, $colon) : '';
    }

    public static function port(string $address): int
    {
        $colon = \strrpos($address, ':');

        return $colon ? (int)\substr($address, $colon + 1) : 0;
    }
}
