--TEST--
Fibers call into the engine from stacks of their own while garbage is collected
--FILE--
<?php
$done = 0;
$work = function (int $n) use (&$done) {
    for ($i = 0; $i < 200; $i++) {
        $id = phalanx_timer_add(100, fn () => null, [str_repeat('x', $n)], false);
        phalanx_loop_stats();
        if ($i % 20 === 0) {
            Fiber::suspend($i);
            gc_collect_cycles();
        }
        phalanx_timer_del($id);
    }
    $done++;
};
$fibers = [];
for ($n = 0; $n < 50; $n++) {
    $fibers[$n] = new Fiber($work);
    $fibers[$n]->start($n);
}
$tick = phalanx_timer_add(0.0001, function () use (&$fibers, &$tick) {
    foreach ($fibers as $n => $fiber) {
        if ($fiber->isTerminated()) {
            unset($fibers[$n]);
        } else {
            $fiber->resume();
        }
    }
    if ($fibers === []) {
        phalanx_timer_del($tick);
    }
});
phalanx_loop_run();
var_dump($done, phalanx_timer_count());
?>
--EXPECT--
int(50)
int(0)
