--TEST--
phalanx_conn_tls() and its kin say what is wrong with their options, and refuse stale handles
--FILE--
<?php
foreach ([
    fn () => phalanx_tls_check([]),
    fn () => phalanx_tls_check(['local_cert' => '/nowhere/cert.pem']),
    fn () => phalanx_tls_check(['local_cert' => "\xff"]),
    fn () => phalanx_listen(['factory' => fn () => new stdClass, 'address' => 'tcp://127.0.0.1:0', 'tls' => []]),
] as $call) {
    try {
        $call();
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
var_dump(phalanx_conn_tls(1, []), phalanx_conn_tls_info(1));
phalanx_timer_del(phalanx_timer_add(1, fn () => null)); // now there is a loop
var_dump(phalanx_conn_tls(1, []), phalanx_conn_tls_info(1));
try {
    phalanx_conn_tls(1, [], true);
} catch (RuntimeException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
RuntimeException: ssl options: local_cert: a server needs a certificate: the path of a PEM file
RuntimeException: ssl options: local_cert: open /nowhere/cert.pem: no such file or directory
ValueError: phalanx_tls_check(): Argument #1 ($options) must have ssl options that are scalars and arrays, in UTF-8
RuntimeException: ssl options: local_cert: a server needs a certificate: the path of a PEM file
bool(false)
NULL
bool(false)
NULL
ssl options: local_cert: a server needs a certificate: the path of a PEM file
