--TEST--
phalanx_loop_run(): not twice; an exception nobody handles ends it, one with a handler does not
--FILE--
<?php
phalanx_timer_add(0.001, function () { phalanx_loop_run(); }, [], false);
try {
    phalanx_loop_run();
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
phalanx_loop_on_error(function (Throwable $e) { echo 'handled: ', $e->getMessage(), "\n"; });
phalanx_timer_add(0.001, function () { throw new Exception('one'); }, [], false);
phalanx_timer_add(0.002, function () { throw new Exception('two'); }, [], false);
phalanx_loop_run();
echo "done\n";
?>
--EXPECT--
The event loop of this thread is running already
handled: one
handled: two
done
