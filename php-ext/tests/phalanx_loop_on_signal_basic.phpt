--TEST--
phalanx_loop_on_signal() runs on the loop, as often as signals come
--EXTENSIONS--
posix
--FILE--
<?php
$n = 0;
phalanx_loop_on_signal(SIGUSR1 ?? 10, function (int $signal) use (&$n) {
    echo "signal $signal\n";
    if (++$n === 2) {
        phalanx_loop_on_signal($signal, null); // nothing is left to wait for: the loop ends
    }
});
phalanx_timer_add(0.01, function () { posix_kill(getmypid(), 10); }, [], false);
phalanx_timer_add(0.05, function () { posix_kill(getmypid(), 10); }, [], false);
phalanx_loop_run();
echo "done\n";
?>
--EXPECT--
signal 10
signal 10
done
