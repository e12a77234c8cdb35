--TEST--
phalanx_resolve() finds addresses without blocking, and keeps the loop until it has
--FILE--
<?php
phalanx_resolve('localhost', function (array $addresses, string $error) {
    var_dump(in_array('127.0.0.1', $addresses, true) || in_array('::1', $addresses, true), $error);
});
phalanx_resolve('nosuch.invalid', function (array $addresses, string $error) {
    var_dump($addresses, $error);
});
$cancelled = phalanx_resolve('localhost', fn () => print "never\n");
var_dump(phalanx_resolve_cancel($cancelled), phalanx_resolve_cancel($cancelled));
echo "loop\n";
phalanx_loop_run();
?>
--EXPECTF--
bool(true)
bool(false)
loop
%A
