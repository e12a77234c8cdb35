--TEST--
phalanx_request_serve(): exit, shutdown functions, error handlers, streams of the body, uploads and exceptions end with the message
--FILE--
<?php
const MESSAGE = "POST / HTTP/1.1\r\nHost: h\r\n\r\nbody";
function body(callable $handler, array $files = []): string
{
    return explode("\r\n\r\n", phalanx_request_serve(MESSAGE, [], [], $files, $handler), 2)[1];
}
register_shutdown_function(static function (): void {
    echo "the script's shutdown function\n";
});
set_error_handler(static function (int $level, string $message): bool {
    echo "<worker: $message>";
    return true;
});

echo body(static function (): void {
    register_shutdown_function(static function (): void {
        echo ' first';
        register_shutdown_function(static function (): void {
            echo ' third';
        });
    });
    register_shutdown_function(static function (): void {
        echo ' second';
    });
    ob_start(static fn (string $text): string => strtoupper($text));
    ob_start();
    echo 'left';
    exit(7);
}), "\n";
echo body(static function (): void {
    register_shutdown_function(static fn () => exit(' ends'));
    register_shutdown_function(static fn () => print 'never');
    exit('exit');
}), "\n";

echo body(static function (): void {
    trigger_error('inherited');
    set_error_handler(static fn (int $level, string $message) => print "<message: $message>");
    trigger_error('own');
    restore_error_handler();
    trigger_error('inherited again');
    set_error_handler(static fn () => print 'not reset');
}), "\n";
trigger_error('mine');
echo "\n";

body(static function (): void {
    $GLOBALS['kept'] = fopen('php://input', 'r');
    $GLOBALS['other'] = fopen(__FILE__, 'r');
    echo fread($GLOBALS['kept'], 2);
});
echo gettype($kept), ', ', gettype($other), "\n";

$path = tempnam(sys_get_temp_dir(), 'up');
$nested = tempnam(sys_get_temp_dir(), 'up');
echo body(static function () use ($path, $nested): void {
    echo json_encode([is_uploaded_file($path), is_uploaded_file($nested), is_uploaded_file(__FILE__)]);
    echo json_encode([move_uploaded_file($path, "$path.moved"), is_uploaded_file($path), file_exists("$path.moved")]);
}, ['a' => ['name' => 'x', 'tmp_name' => $path], 'b' => ['tmp_name' => [['deep' => $nested]]], 'tmp_name' => ['name' => __FILE__]]);
echo json_encode([is_uploaded_file($nested), unlink("$path.moved"), unlink($nested)]), "\n";

try {
    body(static function (): void {
        header('X: y');
        register_shutdown_function(static fn () => $GLOBALS['called'] = true);
        echo 'lost';
        throw new LogicException('out of the handler');
    });
} catch (LogicException $e) {
    echo $e->getMessage(), ' ', json_encode(headers_list()), ob_get_level(), json_encode($called), "\n";
}
try {
    body(static function (): void {
        body(static fn () => null);
    });
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}

$before = memory_get_usage();
for ($i = 0; $i < 2000; $i++) {
    body(static function (): void {
        header('A: b');
        ob_start();
        register_shutdown_function(static fn () => print 1);
        set_error_handler(static fn () => true);
        set_exception_handler(static fn () => true);
        $_SESSION['x'] = file_get_contents('php://input');
        header_register_callback(static fn () => header('C: d'));
    });
}
var_dump(memory_get_usage() - $before < 4096);
?>
--EXPECT--
LEFT FIRST SECOND THIRD
exit ends
<worker: inherited><message: own><worker: inherited again>
<worker: mine>
resource (closed), resource
[true,true,false][true,false,true][false,true,true]
out of the handler []0true
A request is being served in this Fiber already
bool(true)
the script's shutdown function
