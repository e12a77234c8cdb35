--TEST--
phalanx_connect(), phalanx_udp_connect(), phalanx_conn_adopt(): what makes no sense is refused
--FILE--
<?php
function attempt(callable $f): void
{
    try {
        var_dump($f());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}
$object = new stdClass();
attempt(fn () => phalanx_connect($object, ['network' => 'unix', 'address' => '/nonexistent/socket']));
attempt(fn () => phalanx_connect($object, ['network' => 'tcp', 'address' => 'nowhere']));
attempt(fn () => phalanx_connect($object, []));
attempt(fn () => phalanx_connect($object, ['protocol' => 'smtp']));
attempt(fn () => phalanx_connect($object, ['timeout' => -1]));
attempt(fn () => phalanx_connect($object, ['proxy' => 'socks4']));
attempt(fn () => phalanx_connect($object, ['network' => 'tcp', 'address' => '127.0.0.1:1', 'proxy' => 'http', 'host' => "a\nb"]));
attempt(fn () => phalanx_udp_connect(fn () => 0, ['network' => 'udp', 'address' => 'localhost:1']));
attempt(fn () => phalanx_conn_adopt($object, fopen('php://memory', 'r')));
attempt(fn () => phalanx_conn_adopt($object, fopen(__FILE__, 'r')));
attempt(fn () => phalanx_conn_ws_expect(1, 'key'));
attempt(fn () => phalanx_resolve_cancel(1));
phalanx_loop_run();
echo "done\n";
?>
--EXPECTF--
string(25) "No such file or directory"
string(26) ""nowhere" is not host:port"
string(36) "loop: cannot connect to a "" address"
ValueError: phalanx_connect(): Argument #2 ($options) must name a protocol: raw, text, frame, http, websocket or user
ValueError: phalanx_connect(): Argument #2 ($options) must have a "timeout" of 0 or more and less than 1e9 seconds
ValueError: phalanx_connect(): Argument #2 ($options) must have "socks5" or "http" under "proxy"
string(%d) "proxy: the target's host is empty, longer than 255 bytes or not printable"
string(%d) ""localhost:1" is not ip:port"
RuntimeException: The stream has no descriptor that a connection could be made of
RuntimeException: %speration not permitted
bool(false)
bool(false)
done
