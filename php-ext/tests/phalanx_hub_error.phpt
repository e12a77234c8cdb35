--TEST--
phalanx_hub_*(): what is refused
--FILE--
<?php
var_dump(phalanx_hub_id(4711));
var_dump(phalanx_hub_do(0, 0, 'nonsense', '', 'x'), phalanx_hub_do(0, 0, '', '', 'x'), phalanx_hub_do(0, 0, '9-9-9', '', 'x'));
foreach ([[7, 4, ''], [0, 3, 'no JSON'], [0, 4, '', '', '', 0, 'no JSON']] as $arguments) {
    try {
        phalanx_hub_do(...$arguments);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    phalanx_hub_ask('no JSON');
} catch (RuntimeException $e) {
    echo get_class($e), "\n";
}
try {
    phalanx_hub_connect('/nowhere/app.php');
} catch (RuntimeException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
string(0) ""
bool(false)
bool(false)
bool(false)
phalanx_hub_do(): Argument #1 ($verb) and what follows must be as the stub says
phalanx_hub_do(): Argument #1 ($verb) and what follows must be as the stub says
phalanx_hub_do(): Argument #1 ($verb) and what follows must be as the stub says
RuntimeException
no server of /nowhere/app.php runs here (no /nowhere/workerman.app.php.pid.sock); name its start file, its pid file or its socket
