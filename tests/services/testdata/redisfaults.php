<?php

/** What becomes of a program when its Redis fails. Usage: redisfaults.php SCENARIO DSN */

declare(strict_types=1);

use Phalanx\Redis;

use function Phalanx\all;
use function Phalanx\timeout;

[, $scenario, $dsn] = $argv;

function say(string $text): void
{
    echo $text, "\n";
}

function wait(): void
{
    fgets(STDIN);
}

function outcome(callable $do): string
{
    try {
        $result = $do();
        return is_string($result) ? $result : json_encode($result);
    } catch (Throwable $e) {
        return (new ReflectionClass($e))->getShortName();
    }
}

/** @return array<string, int> how often which outcome came */
function together(int $n, callable $do): array
{
    return array_count_values(all(array_map(
        static fn (int $i): Closure => static fn (): string => outcome(static fn (): mixed => $do($i)),
        range(0, $n - 1)
    )));
}

$scenarios = [
    // The server is killed while commands wait, and comes back.
    'killed' => static function () use ($dsn): void {
        $redis = new Redis($dsn, timeout: 30.0, connectTimeout: 1.0);
        $redis->set('a', '1');
        say('waiting');
        say(json_encode(together(5, static fn (int $i): mixed => $redis->blPop(["nothing:$i"], 60))));
        say('down: ' . outcome(static fn (): mixed => $redis->incr('n')));
        wait();
        $set = static fn (int $i): string => $redis->set("k:$i", (string) $i) ? 'set' : 'not';
        say('up: ' . json_encode(together(50, $set)));
    },
    // Commands that are slow end in time, and the connection serves others.
    'slow' => static function () use ($dsn): void {
        $redis = new Redis($dsn);
        say(outcome(static fn (): mixed => timeout(0.2, static fn (): mixed => $redis->blPop(['nothing'], 60))));
        say('after: ' . outcome(static fn (): mixed => $redis->set('b', '2') ? 'set' : 'not'));
        say('ask');
        wait();
    },
    'hangs' => static function () use ($dsn): void {
        $redis = new Redis($dsn, timeout: 0.5, connectTimeout: 0.5);
        $redis->set('c', '3');
        say('hang');
        wait();
        say(outcome(static fn (): mixed => $redis->get('c')));
        say('go on');
        wait();
        for ($i = 0; $i < 100 && ($got = outcome(static fn (): mixed => $redis->get('c'))) !== '3'; $i++) {
            usleep(50000);
        }
        say("after: $got");
    },
    // An increment is not done twice, whatever happens to the connection.
    'once' => static function () use ($dsn): void {
        $redis = new Redis($dsn, timeout: 2.0, connectTimeout: 1.0);
        $redis->set('n', '0');
        say('count');
        wait();
        $done = 0;
        for ($i = 0; $i < 200; $i++) {
            $done += outcome(static fn (): mixed => $redis->incr('n')) === 'ConnectionException' ? 0 : 1;
        }
        say('mend');
        wait();
        $n = (int) $redis->get('n');
        say('never twice: ' . json_encode($n <= 200 && $n >= $done));
        say('some failed: ' . json_encode($done < 200));
    },
    'fibers' => static function () use ($dsn): void {
        $redis = new Redis($dsn);
        say(json_encode(together(1000, static function (int $i) use ($redis): string {
            $redis->set("own:$i", (string) $i);
            $redis->incr('sum');
            return $redis->get("own:$i") === (string) $i ? 'own' : 'another one\'s';
        })));
        say('sum: ' . $redis->get('sum'));
        say('ask');
        wait();
    },
];
$scenarios[$scenario]();
say('done');
