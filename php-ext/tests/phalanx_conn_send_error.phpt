--TEST--
phalanx_conn_*: a stale or foreign handle is refused, never misdirected
--FILE--
<?php
foreach ([0, -1, 1, PHP_INT_MAX, PHP_INT_MIN, 1 << 32] as $handle) {
    var_dump(phalanx_conn_send($handle, 'x'), phalanx_conn_stat($handle, 1), phalanx_conn_address($handle, true));
    phalanx_conn_close($handle);
    phalanx_conn_destroy($handle);
    phalanx_conn_pause($handle);
    var_dump(phalanx_conn_stream($handle));
}
try {
    phalanx_conn_stat(1, 9);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
bool(false)
int(0)
string(0) ""
bool(false)
bool(false)
int(0)
string(0) ""
bool(false)
bool(false)
int(0)
string(0) ""
bool(false)
bool(false)
int(0)
string(0) ""
bool(false)
bool(false)
int(0)
string(0) ""
bool(false)
bool(false)
int(0)
string(0) ""
bool(false)
phalanx_conn_stat(): Argument #2 ($what) must be between 0 and 4
