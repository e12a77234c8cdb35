--TEST--
Phalanx\async, await, all, any, race, timeout: in a script, in coroutines, and where nothing may wait
--FILE--
<?php
require __DIR__ . '/attempt.inc';
use Phalanx\Exception\TimeoutException;
use function Phalanx\{all, any, async, await, race, timeout};
$w = new Fixture\Waiter();
$sleep = fn (float $seconds, mixed $value) => fn () => $w->sleep($seconds, $value);
attempt(fn () => await(async(fn (int $a, int $b) => $a + $b, 1, b: 2)));
attempt(fn () => await(async($sleep(0.01, 'slept'))));
attempt(fn () => all(['a' => $sleep(0.02, 1), 'b' => $sleep(0.01, 2), 'c' => fn () => 3]));
attempt(fn () => all([]));
attempt(fn () => any([fn () => throw new Exception('first'), $sleep(0.01, 'good'), $sleep(100, 'late')]));
attempt(fn () => any([fn () => throw new Exception('first'), fn () => throw new Exception('second')]));
attempt(fn () => race([$sleep(100, 'late'), $sleep(0.01, 'first')]));
attempt(fn () => race([]));
attempt(fn () => all([$sleep(100, 'late'), fn () => throw new LogicException('at once')]));
attempt(fn () => timeout(0.01, $sleep(100, 'late')));
attempt(fn () => timeout(100, $sleep(0.01, 'in time')));
attempt(fn () => timeout(0.01, fn () => Workerman\Timer::sleep(0)));
attempt(fn () => timeout(0, fn () => 1));
attempt(fn () => timeout(1.0, fn () => timeout(0.01, $sleep(100, 'late'))));
while ($w->running() > 0) {
    usleep(1000);
}
attempt(fn () => $w->cancelled());

// In coroutines.
await(async(function () use ($w, $sleep) {
    attempt(fn () => all([$sleep(0.01, 1), async($sleep(0.01, 2))]));
    $twice = async($sleep(0.01, 3));
    attempt(fn () => all(['a' => $twice, 'b' => $twice]));
    attempt(fn () => timeout(0.01, $sleep(100, 'late')));
    $task = async(function () use ($w) {
        try {
            $w->forever();
        } finally {
            echo "cleaned up\n";
        }
    });
    attempt(fn () => $task->cancel());
    attempt(fn () => await($task));
    attempt(fn () => $task->cancel());
    $caught = async(function () use ($w) {
        try {
            $w->forever();
        } catch (TimeoutException $e) {
            return 'caught';
        }
    });
    $caught->cancel(new TimeoutException());
    attempt(fn () => await($caught));
}));

// In a callback outside of a coroutine Go's calls have the limit; waiting would stop the loop.
phalanx_timer_add(0, function () use ($w, $sleep) {
    attempt(fn () => timeout(0.01, $sleep(100, 'late')));
    attempt(fn () => timeout(10, fn () => timeout(0.01, $sleep(100, 'late'))));
    attempt(fn () => timeout(0.01, fn () => timeout(10, $sleep(100, 'late'))));
    attempt(fn () => await(async($sleep(0.01, 1))));
    attempt(fn () => $w->sleep(0.001, 'no limit is left'));
}, [], false);
phalanx_loop_run();
attempt(fn () => await(async(function () { Fiber::suspend(); })));
phalanx_loop_on_error(fn (Throwable $e) => print($e->getMessage() . "\n"));
async(fn () => throw new Exception('nobody asked'));
phalanx_loop_run();
echo new ReflectionFunction('Phalanx\timeout');
?>
--EXPECTF--
3
"slept"
{"a":1,"b":2,"c":3}
[]
"good"
Exception: first
"first"
InvalidArgumentException: There is no task to wait for
LogicException: at once
Phalanx\Exception\TimeoutException: The time of 0.01 s is over
"in time"
null
InvalidArgumentException: A time limit is a number of seconds, more than 0
Phalanx\Exception\TimeoutException: The time of 0.01 s is over
5
[1,2]
{"a":3,"b":3}
Phalanx\Exception\TimeoutException: The time of 0.01 s is over
true
cleaned up
Phalanx\Exception\CancelledException: The task was cancelled
false
"caught"
Phalanx\Exception\TimeoutException: context deadline exceeded
Phalanx\Exception\TimeoutException: context deadline exceeded
Phalanx\Exception\TimeoutException: context deadline exceeded
LogicException: Waiting here would stop the worker: wait in a coroutine, as Phalanx\async() starts
"no limit is left"
LogicException: Nothing is left that could end the task
nobody asked
Function [ <internal:phalanx> function Phalanx\timeout ] {

  - Parameters [3] {
    Parameter #0 [ <required> float $seconds ]
    Parameter #1 [ <required> callable $callback ]
    Parameter #2 [ <optional> mixed ...$args ]
  }
  - Return [ mixed ]
}
