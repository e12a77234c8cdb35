--TEST--
phalanx_loop_watch() calls back while a stream is readable or writable, until it is ended
--FILE--
<?php
[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
phalanx_loop_watch($a, 1, function ($s) {
    echo 'read ', fread($s, 100), "\n";
    var_dump(phalanx_loop_watch($s, 1, null));
});
phalanx_loop_watch($b, 2, function ($s) {
    fwrite($s, 'hello');
    phalanx_loop_watch($s, 2, null);
});
phalanx_loop_run();
var_dump(phalanx_loop_watch($a, 1, null));
?>
--EXPECT--
read hello
bool(true)
bool(false)
