--TEST--
phalanx_conn_ws_accept() takes header lines only one to a string
--FILE--
<?php
try {
    phalanx_conn_ws_accept(1, ["X: a\r\nSet-Cookie: b"]);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump(phalanx_conn_ws_accept(1, ['X: a']));
?>
--EXPECT--
phalanx_conn_ws_accept(): Argument #2 ($headers) must not contain a line break: each element is one header line
bool(false)
