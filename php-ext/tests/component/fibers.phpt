--TEST--
Methods with a context: 1,000 Fibers wait together, and the loop goes on
--FILE--
<?php
require __DIR__ . '/attempt.inc';
use Phalanx\Fiber\Scheduler;
$w = new Fixture\Waiter();
$done = 0;
$went = false;
for ($i = 0; $i < 1000; $i++) {
    Scheduler::spawn(function () use ($w, &$done, &$went, $i) {
        do { // the first waits for the timer, however long the machine takes to begin all the calls
            $same = $w->sleep(0.05, $i) === $i;
        } while ($i === 0 && !$went);
        $done += (int) $same;
    });
}
phalanx_timer_add(0.001, function () use (&$done, &$went) {
    $went = true;
    echo $done < 1000 ? "the loop goes on\n" : "late\n";
}, [], false);
phalanx_timer_add(0.02, function () use ($w) {
    Scheduler::spawn(function () use ($w) {
    attempt(fn () => $w->compute(3, function (int $n) use ($w) { $w->sleep(0.001, null); return $n; }));
    attempt(fn () => $w->compute(3, fn (int $n) => throw new LogicException('in a Fiber')));
    foreach ($w->ticks(2, 0.001) as $v) {
        echo $v, "\n";
    }
    });
}, [], false);
phalanx_loop_run();
var_dump($done);

// A Fiber that nobody but its own code resumes does not suspend: PHP blocks, as elsewhere.
$own = new Fiber(function () use ($w) { return $w->sleep(0.001, 'own'); });
$own->start();
var_dump($own->getReturn());

// A Fiber that is cancelled ends its call.
$fiber = null;
Scheduler::spawn(function () use ($w, &$fiber) {
    $fiber = Fiber::getCurrent();
    attempt(fn () => $w->forever());
});
phalanx_timer_add(0.001, function () use (&$fiber) {
    Phalanx\Fiber\Suspension::cancelFiber($fiber, new Exception('cancelled'));
}, [], false);
phalanx_loop_run();
while ($w->running() > 0) {
    usleep(1000);
}
var_dump($w->cancelled());

// What still waits when the script ends is unwound.
Scheduler::spawn(function () use ($w) {
    try {
        $w->forever();
    } finally {
        echo "unwound\n";
    }
});
echo "end\n";
?>
--EXPECT--
the loop goes on
3
LogicException: in a Fiber
0
1
int(1000)
string(3) "own"
Exception: cancelled
int(1)
end
unwound
