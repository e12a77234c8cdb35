<?php

declare(strict_types=1);

namespace Phalanx\Redis\Commands;

use Phalanx\Redis\Client;
use Phalanx\Redis\Options;

/**
 * Commands for sorted sets.
 *
 * @internal part of Phalanx\Redis and the other classes that have commands
 */
trait SortedSets
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /**
     * zmPop() that waits.
     *
     * @return array{string, array<string, float>}|null
     */
    public function bzmPop(float $seconds, array $keys, string $from, int $count = 1): ?array
    {
        return $this->send(
            ['BZMPOP', $seconds, \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::POPPED_SET
        );
    }

    /**
     * zPopMax() of the first set that has members, waiting for it.
     *
     * @return array{string, string, float}|null set, member, score
     */
    public function bzPopMax(string|array $keys, float $seconds): ?array
    {
        return $this->send(['BZPOPMAX', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::POPPED);
    }

    /**
     * zPopMin() of the first set that has members, waiting for it.
     *
     * @return array{string, string, float}|null set, member, score
     */
    public function bzPopMin(string|array $keys, float $seconds): ?array
    {
        return $this->send(['BZPOPMIN', \is_array($keys) ? \array_values($keys) : $keys, $seconds], Client::POPPED);
    }

    /** How many members there are. */
    public function zCard(string $key): int
    {
        return $this->send(['ZCARD', $key], Client::RAW);
    }

    /** How many members have such a score; '(5' excludes 5, '-inf' and '+inf' are the ends. */
    public function zCount(string $key, string|int|float $min, string|int|float $max): int
    {
        return $this->send(['ZCOUNT', $key, $min, $max], Client::RAW);
    }

    /** Members that only the first set has. Options: 'withscores' (then member => score). */
    public function zDiff(array $keys, array $options = []): array
    {
        return $this->send(
            ['ZDIFF', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zDiff(); how many members. */
    public function zDiffStore(string $destination, array $keys): int
    {
        return $this->send(['ZDIFFSTORE', $destination, \count($keys), \array_values($keys)], Client::RAW);
    }

    /** Adds to a score. */
    public function zIncrBy(string $key, float $by, string|int|float $member): float
    {
        return $this->send(['ZINCRBY', $key, $by, $member], Client::FLOAT);
    }

    /**
     * Members that all sets have. Options: 'weights' => list, 'aggregate' => 'SUM', 'MIN' or 'MAX', 'withscores' (then
     * member => score).
     */
    public function zInter(array $keys, array $options = []): array
    {
        return $this->send(
            ['ZINTER', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** How many members all sets have; it stops counting at $limit. */
    public function zInterCard(array $keys, int $limit = 0): int
    {
        return $this->send(['ZINTERCARD', \count($keys), \array_values($keys), 'LIMIT', $limit], Client::RAW);
    }

    /** Stores zInter(); how many members. Options: 'weights', 'aggregate'. */
    public function zInterStore(string $destination, array $keys, array $options = []): int
    {
        return $this->send(
            ['ZINTERSTORE', $destination, \count($keys), \array_values($keys), Options::words($options)],
            Client::RAW
        );
    }

    /** How many members lie between two texts: '[a', '(b', '-', '+'. */
    public function zLexCount(string $key, string $min, string $max): int
    {
        return $this->send(['ZLEXCOUNT', $key, $min, $max], Client::RAW);
    }

    /**
     * The 'MIN' or 'MAX' members of the first set that has any.
     *
     * @return array{string, array<string, float>}|null
     */
    public function zmPop(array $keys, string $from, int $count = 1): ?array
    {
        return $this->send(
            ['ZMPOP', \count($keys), \array_values($keys), $from, 'COUNT', $count],
            Client::POPPED_SET
        );
    }

    /**
     * Scores under their members; null: no member.
     *
     * @return array<string, ?float>
     */
    public function zMScore(string $key, string|int|float ...$members): array
    {
        return $this->send(['ZMSCORE', $key, $members], Client::DOUBLES);
    }

    /**
     * Removes the members of the highest scores.
     *
     * @return array<string, float>
     */
    public function zPopMax(string $key, int $count = 1): array
    {
        return $this->send(['ZPOPMAX', $key, $count], Client::SCORES);
    }

    /**
     * Removes the members of the lowest scores.
     *
     * @return array<string, float>
     */
    public function zPopMin(string $key, int $count = 1): array
    {
        return $this->send(['ZPOPMIN', $key, $count], Client::SCORES);
    }

    /** Any member; with $count a list of them, with scores: a list of [member, score]. */
    public function zRandMember(string $key, ?int $count = null, bool $withScores = false): array|string|null
    {
        return $this->send(
            ['ZRANDMEMBER', $key, $count ?? [], $withScores ? 'WITHSCORES' : []],
            $withScores ? Client::PAIRS : Client::RAW
        );
    }

    /**
     * Members by rank, both ends included. Options: 'withscores' (then member => score), 'rev', 'byscore', 'bylex',
     * 'limit' => [offset, count]; true: with scores.
     */
    public function zRange(
        string $key,
        string|int|float $start,
        string|int|float $end,
        array|bool $options = []
    ): array {
        return $this->send(
            [
                'ZRANGE',
                $key,
                $start,
                $end,
                Options::words(\is_bool($options) ? ['withscores' => $options] : $options),
            ],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /**
     * Members between two texts: '[a', '(b', '-', '+'. Options: 'limit' => [offset, count].
     *
     * @return list<string>
     */
    public function zRangeByLex(string $key, string $min, string $max, array $options = []): array
    {
        return $this->send(['ZRANGEBYLEX', $key, $min, $max, Options::words($options)], Client::RAW);
    }

    /** Members by score. Options: 'withscores' (then member => score), 'limit' => [offset, count]. */
    public function zRangeByScore(
        string $key,
        string|int|float $min,
        string|int|float $max,
        array $options = []
    ): array {
        return $this->send(
            ['ZRANGEBYSCORE', $key, $min, $max, Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zRange(); how many members. Options: 'rev', 'byscore', 'bylex', 'limit'. */
    public function zRangeStore(
        string $destination,
        string $source,
        string|int|float $start,
        string|int|float $end,
        array $options = []
    ): int {
        return $this->send(
            ['ZRANGESTORE', $destination, $source, $start, $end, Options::words($options)],
            Client::RAW
        );
    }

    /** The place of a member, the lowest score being 0. */
    public function zRank(string $key, string|int|float $member): ?int
    {
        return $this->send(['ZRANK', $key, $member], Client::RAW);
    }

    /** Removes members; how many there were. */
    public function zRem(string $key, string|int|float ...$members): int
    {
        return $this->send(['ZREM', $key, $members], Client::RAW);
    }

    /** Removes members between two texts. */
    public function zRemRangeByLex(string $key, string $min, string $max): int
    {
        return $this->send(['ZREMRANGEBYLEX', $key, $min, $max], Client::RAW);
    }

    /** Removes members by rank. */
    public function zRemRangeByRank(string $key, int $start, int $end): int
    {
        return $this->send(['ZREMRANGEBYRANK', $key, $start, $end], Client::RAW);
    }

    /** Removes members by score. */
    public function zRemRangeByScore(string $key, string|int|float $min, string|int|float $max): int
    {
        return $this->send(['ZREMRANGEBYSCORE', $key, $min, $max], Client::RAW);
    }

    /** Members by rank, the highest score first. Options: 'withscores' (then member => score); true: the same. */
    public function zRevRange(string $key, int $start, int $end, array|bool $options = []): array
    {
        return $this->send(
            [
                'ZREVRANGE',
                $key,
                $start,
                $end,
                Options::words(\is_bool($options) ? ['withscores' => $options] : $options),
            ],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /**
     * zRangeByLex() the other way round.
     *
     * @return list<string>
     */
    public function zRevRangeByLex(string $key, string $max, string $min, array $options = []): array
    {
        return $this->send(['ZREVRANGEBYLEX', $key, $max, $min, Options::words($options)], Client::RAW);
    }

    /** zRangeByScore() the other way round. */
    public function zRevRangeByScore(
        string $key,
        string|int|float $max,
        string|int|float $min,
        array $options = []
    ): array {
        return $this->send(
            ['ZREVRANGEBYSCORE', $key, $max, $min, Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** The place of a member, the highest score being 0. */
    public function zRevRank(string $key, string|int|float $member): ?int
    {
        return $this->send(['ZREVRANK', $key, $member], Client::RAW);
    }

    /** A member's score. */
    public function zScore(string $key, string|int|float $member): ?float
    {
        return $this->send(['ZSCORE', $key, $member], Client::FLOAT);
    }

    /**
     * Members that any set has. Options: 'weights' => list, 'aggregate' => 'SUM', 'MIN' or 'MAX', 'withscores' (then
     * member => score).
     */
    public function zUnion(array $keys, array $options = []): array
    {
        return $this->send(
            ['ZUNION', \count($keys), \array_values($keys), Options::words($options)],
            Options::with($options, 'withscores') ? Client::SCORES : Client::RAW
        );
    }

    /** Stores zUnion(); how many members. Options: 'weights', 'aggregate'. */
    public function zUnionStore(string $destination, array $keys, array $options = []): int
    {
        return $this->send(
            ['ZUNIONSTORE', $destination, \count($keys), \array_values($keys), Options::words($options)],
            Client::RAW
        );
    }

    /**
     * Adds members with scores: zAdd('k', 1.5, 'a', 2, 'b'), zAdd('k', ['nx'], 1, 'a') or zAdd('k', ['a' => 1, 'b' =>
     * 2]).
     *
     * @param array<int|string, mixed>|float|int|string $scoreOrOptions options: 'nx', 'xx', 'gt', 'lt', 'ch' (counts
     *     those that changed too), 'incr' (adds to the score, which is the result)
     * @return int|float|null how many are new; with 'incr' the score, or null when the condition was not met
     */
    public function zAdd(
        string $key,
        array|float|int|string $scoreOrOptions,
        string|int|float ...$more
    ): int|float|null {
        if (\is_array($scoreOrOptions) && $more === [] && !\array_is_list($scoreOrOptions)) {
            $arguments = ['ZADD', $key];
            foreach ($scoreOrOptions as $member => $score) {
                $arguments[] = $score;
                $arguments[] = $member;
            }

            return $this->send($arguments, Client::RAW);
        }
        $increments = \is_array($scoreOrOptions) && Options::with($scoreOrOptions, 'incr');

        return $this->send(
            ['ZADD', $key, \is_array($scoreOrOptions) ? Options::words($scoreOrOptions) : $scoreOrOptions, $more],
            $increments ? Client::FLOAT : Client::RAW
        );
    }
}
