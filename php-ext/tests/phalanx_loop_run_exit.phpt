--TEST--
exit() in a callback ends the script as it does anywhere, shutdown functions included
--FILE--
<?php
register_shutdown_function(function () { echo "shutdown\n"; });
phalanx_timer_add(0.001, function () { try { exit("leaving\n"); } finally { echo "not reached by exit\n"; } }, [], false);
phalanx_loop_run();
echo "not reached\n";
?>
--EXPECT--
leaving
shutdown
