--TEST--
phalanx_loop_watch(): a stream closed under its watch does no harm, nor does its descriptor's next owner
--FILE--
<?php
[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
phalanx_loop_watch($a, 1, function () { echo "stale\n"; });
fclose($a);
[$c, $d] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
phalanx_loop_watch($c, 1, function ($s) { echo fread($s, 10), "\n"; phalanx_loop_stop(); });
fwrite($d, 'fresh');
phalanx_loop_run();
?>
--EXPECT--
fresh
