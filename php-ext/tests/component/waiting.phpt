--TEST--
Methods with a context: outside a Fiber they block, signals and callables still run
--FILE--
<?php
require __DIR__ . '/attempt.inc';
$w = new Fixture\Waiter();
attempt(fn () => $w->sleep(0.001, ['x' => 1]));
attempt(fn () => $w->sleep('soon', 1));
attempt(fn () => $w->compute(5, fn (int $n) => $n * 2));
$thrown = new LogicException('from PHP');
try {
    $w->compute(5, fn (int $n) => throw $thrown);
} catch (LogicException $e) {
    var_dump($e === $thrown);
}
attempt(fn () => $w->compute(1, fn (int $n) => 'text'));
attempt(fn () => $w->compute(1, fn (int $n) => fopen('php://memory', 'r')));
attempt(fn () => $w->compute(2, fn (int $n) => $w->compute(2, fn (int $m) => $n + $m)));
attempt(fn () => $w->compute(1, 'no_such_function'));
attempt(fn () => $w->direct(fn () => 1));
attempt(fn () => $w->panic());
attempt(function () use ($w) {
    phalanx_call_limit(0.01);
    try {
        $w->forever();
    } finally {
        phalanx_call_limit(0);
    }
});
pcntl_async_signals(true);
pcntl_signal(SIGALRM, fn () => throw new Exception('alarm'));
pcntl_alarm(1);
attempt(fn () => $w->forever());
while ($w->running() > 0) {
    usleep(1000);
}
attempt(fn () => $w->cancelled());
$w->later(0.001, function (string $s) { echo "called $s\n"; phalanx_loop_stop(); });
phalanx_timer_add(20, phalanx_loop_stop(...), [], false);
phalanx_loop_run();
attempt(fn () => $w->compute(1, fn () => exit("the script ends\n")));
echo "never\n";
?>
--EXPECT--
{"x":1}
TypeError: Fixture\Waiter::sleep(): Argument #1 ($seconds) must be of type float, string given
20
bool(true)
Phalanx\Exception\GoException: what the callable returned must be of type int, string given
TypeError: The value must not hold a value of type resource, which cannot be handed over
4
TypeError: Fixture\Waiter::compute(): Argument #2 ($f) must be of type callable, string given
Phalanx\Exception\GoException: component: PHP waits for this method: one that calls a PHP callable takes a context.Context
Phalanx\Exception\PanicException: fixture: on a goroutine
Phalanx\Exception\TimeoutException: context deadline exceeded
Exception: alarm
2
called later
the script ends
