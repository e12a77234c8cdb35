--TEST--
phalanx_request_static(): refuses what is not there, too many, and while requests are served
--FILE--
<?php
class A { public static $a, $b, $c, $d, $e, $f, $g, $h, $i; public $instance; }
foreach (['none', 'instance', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as $name) {
    try {
        phalanx_request_static(A::class, $name);
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], static function (): void {
    try {
        phalanx_request_static(A::class, 'i');
    } catch (Error $e) {
        $GLOBALS['said'] = $e->getMessage();
    }
});
echo $said, "\n";
?>
--EXPECT--
A::$none cannot be kept for each request: there is no such static property
A::$instance cannot be kept for each request: there is no such static property
A::$i cannot be kept for each request: there are too many of them
A::$i cannot be kept for each request: requests are being served
