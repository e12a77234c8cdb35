--TEST--
phalanx_timer_add(): order, arguments, repetition, and removal from within a callback
--FILE--
<?php
phalanx_timer_add(0.02, function (string $a, int $b) { echo "late $a $b\n"; }, ['x', 7], false);
phalanx_timer_add(0.01, function () { echo "early\n"; }, [], false);
$n = 0;
$id = phalanx_timer_add(0.03, function () use (&$n, &$id) {
    echo 'tick ', ++$n, "\n";
    if ($n === 3) {
        var_dump(phalanx_timer_del($id), phalanx_timer_del($id));
    }
});
var_dump($id > 0, phalanx_timer_count());
phalanx_loop_run();
var_dump(phalanx_timer_count());
?>
--EXPECT--
bool(true)
int(3)
early
late x 7
tick 1
tick 2
tick 3
bool(true)
bool(false)
int(0)
