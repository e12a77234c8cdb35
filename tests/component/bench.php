<?php

/*
 * What a call of a component costs, beside an empty PHP function and json_encode() with json_decode(). By the process's
 * own processor time, garbage collection included, the best of several rounds:
 *
 *     ./go build -ldflags '-s -w' -o build/test/phalanx-fixture ./tests/component/phalanx
 *     build/test/phalanx-fixture tests/component/bench.php
 */

declare(strict_types=1);

function nothing(): void
{
}

function same(string $text): string
{
    return $text;
}

function cpu(): float
{
    $u = getrusage();

    return $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e6;
}

/** Nanoseconds of one turn of the loop. */
function measure(string $what, int $n, callable $loop): float
{
    $best = INF;
    for ($round = 0; $round < 7; $round++) {
        $start = cpu();
        $loop($n);
        $best = min($best, (cpu() - $start) / $n * 1e9);
    }
    printf("%-42s %10.0f ns\n", $what, $best);

    return $best;
}

$types = new Fixture\Types();
$greeter = new Fixture\Greeter('Hello');
$waiter = new Fixture\Waiter();
$n = 1_000_000;
$empty = measure('empty PHP function', $n, static function ($n) {
    for ($i = 0; $i < $n; $i++) {
        nothing();
    }
});
measure('PHP function(string): string', $n, static function ($n) {
    for ($i = 0; $i < $n; $i++) {
        same('PHP');
    }
});
measure('int(int): int', $n, static function ($n) use ($types) {
    for ($i = 0; $i < $n; $i++) {
        $types->int(1);
    }
});
$hello = measure('hello(string): string', $n, static function ($n) use ($greeter) {
    for ($i = 0; $i < $n; $i++) {
        $greeter->hello('PHP');
    }
});
measure('sum(int, float, bool): float', $n, static function ($n) use ($types) {
    for ($i = 0; $i < $n; $i++) {
        $types->sum(1, 2.5, true);
    }
});
printf("  hello() above the empty function: %.0f ns\n", $hello - $empty);
measure('nullable(?int): ?string, by reflection', 300_000, static function ($n) use ($types) {
    for ($i = 0; $i < $n; $i++) {
        $types->nullable(1);
    }
});
$counter = new Fixture\Counter(1);
measure('an int property is read', $n, static function ($n) use ($counter) {
    for ($i = 0; $i < $n; $i++) {
        $counter->n;
    }
});
measure('an int property is written', $n, static function ($n) use ($counter) {
    for ($i = 0; $i < $n; $i++) {
        $counter->n = $i;
    }
});
measure('new Counter(1), and its end', 300_000, static function ($n) {
    for ($i = 0; $i < $n; $i++) {
        new Fixture\Counter(1);
    }
});
measure('echo(ctx, string): the thread waits', 20_000, static function ($n) use ($waiter) {
    for ($i = 0; $i < $n; $i++) {
        $waiter->echo('x');
    }
});
foreach ([1, 10, 100] as $fibers) {
    measure("echo(ctx, string): $fibers Fibers wait", 40_000, static function ($n) use ($waiter, $fibers) {
        Phalanx\all(array_fill(0, $fibers, static function () use ($waiter, $n, $fibers) {
            for ($i = 0; $i < $n / $fibers; $i++) {
                $waiter->echo('x');
            }
        }));
    });
}

$rows = $keys = $typed = [];
for ($i = 0; $i < 1000; $i++) {
    $rows[] = ['id' => $i, 'name' => "name $i", 'price' => $i / 3, 'tags' => ['a', 'b'], 'ok' => true];
    $typed[] = ['id' => $i, 'title' => "name $i", 'tags' => ['a', 'b']];
    $keys["key$i"] = ['v' => $i, 's' => "x$i"];
}
foreach (['1,000 rows of 5 fields' => $rows, '1,000 keys with 2 fields' => $keys, '1,000 ints' => range(1, 1000)] as $name => $array) {
    $json = measure("$name: json_encode, json_decode", 300, static function ($n) use ($array) {
        for ($i = 0; $i < $n; $i++) {
            json_decode(json_encode($array), true);
        }
    });
    $call = measure("$name: any(mixed): mixed", 300, static function ($n) use ($array, $types) {
        for ($i = 0; $i < $n; $i++) {
            $types->any($array);
        }
    });
    printf("  %.2f of json\n", $call / $json);
}
$json = measure('1,000 rows of 3 fields: json_encode, json_decode', 300, static function ($n) use ($typed) {
    for ($i = 0; $i < $n; $i++) {
        json_decode(json_encode($typed), true);
    }
});
$call = measure('1,000 rows of 3 fields: rows([]Row): []Row', 300, static function ($n) use ($typed, $types) {
    for ($i = 0; $i < $n; $i++) {
        $types->rows($typed);
    }
});
printf("  %.2f of json\n", $call / $json);
