<?php

declare(strict_types=1);

namespace Phalanx\Redis;

use Generator;

/**
 * Iterations over large values. As Redis has it: what is there from the beginning to the end comes at least once,
 * what comes or goes meanwhile may come or not.
 *
 * @internal
 */
trait Scans
{
    abstract protected function send(array $arguments, int $shape): mixed;

    /**
     * The fields of a hash.
     *
     * @param string|null $match a pattern, as for keys()
     * @param int|null $count about how many the server looks at in one step
     * @return Generator<string, string> field => value
     */
    public function hScan(string $key, ?string $match = null, ?int $count = null): Generator
    {
        foreach ($this->pages('HSCAN', $key, $match, $count) as $page) {
            for ($i = 0, $n = \count($page); $i + 1 < $n; $i += 2) {
                yield $page[$i] => $page[$i + 1];
            }
        }
    }

    /**
     * The members of a set.
     *
     * @param string|null $match a pattern, as for keys()
     * @param int|null $count about how many the server looks at in one step
     * @return Generator<int, string>
     */
    public function sScan(string $key, ?string $match = null, ?int $count = null): Generator
    {
        foreach ($this->pages('SSCAN', $key, $match, $count) as $page) {
            foreach ($page as $member) {
                yield $member;
            }
        }
    }

    /**
     * The members of a sorted set.
     *
     * @param string|null $match a pattern, as for keys()
     * @param int|null $count about how many the server looks at in one step
     * @return Generator<string, float> member => score
     */
    public function zScan(string $key, ?string $match = null, ?int $count = null): Generator
    {
        foreach ($this->pages('ZSCAN', $key, $match, $count) as $page) {
            for ($i = 0, $n = \count($page); $i + 1 < $n; $i += 2) {
                yield $page[$i] => (float) $page[$i + 1];
            }
        }
    }

    /** @return Generator<int, list<string>> */
    private function pages(string $command, string $key, ?string $match, ?int $count): Generator
    {
        $options = Options::words(['match' => $match, 'count' => $count]);
        $cursor = '0';
        do {
            [$cursor, $page] = $this->send([$command, $key, $cursor, $options], Client::RAW);
            yield $page;
        } while ($cursor !== '0');
    }
}
