--TEST--
phalanx_timer_clear() removes all timers, also ones that are due in the same batch
--FILE--
<?php
phalanx_timer_add(0.001, function () { echo "first\n"; phalanx_timer_clear(); }, [], false);
phalanx_timer_add(0.002, function () { echo "never\n"; }, [], false);
usleep(5000);
phalanx_loop_run();
var_dump(phalanx_timer_count());
?>
--EXPECT--
first
int(0)
