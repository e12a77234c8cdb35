<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

/** IP addresses and the networks they are in. */
final class Addresses
{
    /** Whether the address is in the network "address/bits"; false also where either is no address of the same kind. */
    public static function inNetwork(string $address, string $network): bool
    {
        [$subnet, $bits] = explode('/', $network, 2) + ['', ''];
        $address = self::packed($address);
        $subnet = self::packed($subnet);
        if ($address === null || $subnet === null || strlen($address) !== strlen($subnet) || !ctype_digit($bits)) {
            return false;
        }
        $bits = (int) $bits;
        if ($bits > 8 * strlen($address)) {
            return false;
        }
        $bytes = intdiv($bits, 8);
        if (strncmp($address, $subnet, $bytes) !== 0) {
            return false;
        }
        $mask = 0xFF00 >> $bits % 8 & 0xFF;

        return $mask === 0 || (ord($address[$bytes]) & $mask) === (ord($subnet[$bytes]) & $mask);
    }

    /** @param iterable<string> $trusted addresses and networks */
    public static function isOneOf(string $address, iterable $trusted, \Closure $inNetwork): bool
    {
        foreach ($trusted as $one) {
            if (str_contains($one, '/') ? $inNetwork($address, $one) : $address === $one) {
                return true;
            }
        }

        return false;
    }

    private static function packed(string $address): ?string
    {
        // inet_pton() warns of what is no address, and peers send such things.
        return filter_var($address, FILTER_VALIDATE_IP) === false ? null : inet_pton($address);
    }
}
