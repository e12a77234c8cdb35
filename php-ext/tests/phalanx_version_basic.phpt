--TEST--
phalanx_version() is the extension's version, and a plain script has the role 'script'
--FILE--
<?php
var_dump(phalanx_version() === phpversion('phalanx'), phalanx_role());
?>
--EXPECT--
bool(true)
string(6) "script"
