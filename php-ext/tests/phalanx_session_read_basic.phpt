--TEST--
phalanx_session_read() reads a file that is young enough
--FILE--
<?php
$file = sys_get_temp_dir() . '/phalanx_session_read_' . getmypid();
var_dump(phalanx_session_read($file, 10));
file_put_contents($file, '');
var_dump(phalanx_session_read($file, 10));
foreach ([1, 8192, 8193, 1000000] as $size) {
    file_put_contents($file, $data = str_repeat("a\0b", $size));
    var_dump(phalanx_session_read($file, 10) === $data);
}
touch($file, time() - 10);
var_dump(is_string(phalanx_session_read($file, 15)));
var_dump(phalanx_session_read($file, 5));

// What has been kept is noticed to have changed, whichever way. The loop is there since the first timer.
phalanx_timer_del(phalanx_timer_add(1, fn () => null));
$write = function (string $data, bool $replace) use ($file): void {
    $replace ? file_put_contents("$file.new", $data) && rename("$file.new", $file) : file_put_contents($file, $data);
};
$write('old', true);
sleep(3);
echo phalanx_session_read($file, 100), phalanx_session_read($file, 100);
var_dump(phalanx_session_read($file, 1));
$write('new', true);
echo phalanx_session_read($file, 100);
$write('two', false);
sleep(3); // only what has not been changed for a while is kept
echo phalanx_session_read($file, 100), phalanx_session_read($file, 100);
$write('six', false);
echo phalanx_session_read($file, 100);
unlink($file);
var_dump(phalanx_session_read($file, 100));
posix_mkfifo($file, 0600);
var_dump(phalanx_session_read($file, 10), phalanx_session_read(__DIR__, 10));
unlink($file);
try {
    phalanx_session_read("a\0b", 1);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
bool(false)
bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
NULL
oldoldNULL
newtwotwosixbool(false)
bool(false)
bool(false)
phalanx_session_read(): Argument #1 ($path) must not contain any null bytes
