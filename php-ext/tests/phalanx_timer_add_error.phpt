--TEST--
phalanx_timer_add() refuses lengths that are no time, and values that cannot be called
--FILE--
<?php
foreach ([[-1.0, 'strlen'], [NAN, 'strlen'], [INF, 'strlen'], [1.0, 'no_such_function']] as [$seconds, $callback]) {
    try {
        phalanx_timer_add($seconds, $callback);
    } catch (Error $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
ValueError: phalanx_timer_add(): Argument #1 ($seconds) must be a number of seconds, 0 or more and less than 1e9
ValueError: phalanx_timer_add(): Argument #1 ($seconds) must be a number of seconds, 0 or more and less than 1e9
ValueError: phalanx_timer_add(): Argument #1 ($seconds) must be a number of seconds, 0 or more and less than 1e9
TypeError: phalanx_timer_add(): Argument #2 ($callback) must be a valid callback, function "no_such_function" not found or invalid function name
