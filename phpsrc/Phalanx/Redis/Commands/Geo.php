<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for places.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait Geo
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /** A distance, in 'm', 'km', 'mi' or 'ft'. */
    public function geoDist(string $key, string $member1, string $member2, string $unit = 'm'): ?float
    {
        return $this->send(['GEODIST', $key, $member1, $member2, $unit], Client::FLOAT);
    }

    /**
     * Geohashes.
     *
     * @return list<?string>
     */
    public function geoHash(string $key, string ...$members): array
    {
        return $this->send(['GEOHASH', $key, $members], Client::RAW);
    }

    /**
     * Positions.
     *
     * @return list<array{float, float}|null> longitude and latitude
     */
    public function geoPos(string $key, string ...$members): array
    {
        return $this->send(['GEOPOS', $key, $members], Client::POSITIONS);
    }

    /** Members around a place, by the old command. Options as for geoSearch(). */
    public function geoRadius(
        string $key,
        float $longitude,
        float $latitude,
        float $radius,
        string $unit,
        array $options = []
    ): array {
        return $this->send(
            ['GEORADIUS_RO', $key, $longitude, $latitude, $radius, $unit, Options::words($options)],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /** Members around another, by the old command. Options as for geoSearch(). */
    public function geoRadiusByMember(
        string $key,
        string $member,
        float $radius,
        string $unit,
        array $options = []
    ): array {
        return $this->send(
            ['GEORADIUSBYMEMBER_RO', $key, $member, $radius, $unit, Options::words($options)],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /** Stores geoRadius(). Options: 'store' or 'storedist' => key, 'count', 'asc' or 'desc'. */
    public function geoRadiusStore(
        string $key,
        float $longitude,
        float $latitude,
        float $radius,
        string $unit,
        array $options
    ): int {
        return $this->send(
            ['GEORADIUS', $key, $longitude, $latitude, $radius, $unit, Options::words($options)],
            Client::RAW
        );
    }

    /** Stores geoRadiusByMember(). Options: 'store' or 'storedist' => key, 'count', 'asc' or 'desc'. */
    public function geoRadiusByMemberStore(
        string $key,
        string $member,
        float $radius,
        string $unit,
        array $options
    ): int {
        return $this->send(
            ['GEORADIUSBYMEMBER', $key, $member, $radius, $unit, Options::words($options)],
            Client::RAW
        );
    }

    /**
     * Adds members with places: geoAdd('k', 13.36, 38.11, 'Palermo', 15.08, 37.5, 'Catania'); how many are new.
     *
     * @param string|int|float ...$more latitude, member, and so on; behind them an array of options: 'nx', 'xx', 'ch'
     */
    public function geoAdd(string $key, float $longitude, string|int|float|array ...$more): int
    {
        $last = \end($more);
        $options = \is_array($last) ? \array_pop($more) : [];

        return $this->send(['GEOADD', $key, Options::words($options), $longitude, \array_values($more)], Client::RAW);
    }

    /**
     * Members around a place or another member, in a circle or a rectangle.
     *
     * @param array{float, float}|string $from longitude and latitude, or a member
     * @param array{float, float}|float|int $shape the radius, or width and height
     * @param string $unit 'm', 'km', 'mi' or 'ft'
     * @param array<int|string, mixed> $options 'count' => int or [int, 'any'], 'asc' or 'desc', 'withcoord',
     *     'withdist', 'withhash'
     * @return list<string>|array<string, array{distance?: float, hash?: int, position?: array{float, float}}> with one
     *     of the last three options: what they ask for, under the members
     */
    public function geoSearch(
        string $key,
        array|string $from,
        array|float|int $shape,
        string $unit = 'm',
        array $options = []
    ): array {
        return $this->send(
            [
                'GEOSEARCH',
                $key,
                \is_array($from) ? ['FROMLONLAT', ...\array_values($from)] : ['FROMMEMBER', $from],
                \is_array($shape) ? ['BYBOX', ...\array_values($shape)] : ['BYRADIUS', $shape],
                $unit,
                Options::words($options),
            ],
            Options::with($options, 'withcoord', 'withdist', 'withhash') ? Client::PLACES : Client::RAW
        );
    }

    /**
     * Stores geoSearch(); how many members.
     *
     * @param array{float, float}|string $from longitude and latitude, or a member
     * @param array{float, float}|float|int $shape the radius, or width and height
     * @param array<int|string, mixed> $options as for geoSearch(), and 'storedist'
     */
    public function geoSearchStore(
        string $destination,
        string $source,
        array|string $from,
        array|float|int $shape,
        string $unit = 'm',
        array $options = []
    ): int {
        return $this->send(
            [
                'GEOSEARCHSTORE',
                $destination,
                $source,
                \is_array($from) ? ['FROMLONLAT', ...\array_values($from)] : ['FROMMEMBER', $from],
                \is_array($shape) ? ['BYBOX', ...\array_values($shape)] : ['BYRADIUS', $shape],
                $unit,
                Options::words($options),
            ],
            Client::RAW
        );
    }
}
