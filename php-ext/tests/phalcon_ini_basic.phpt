--TEST--
The settings phalcon.* come from php.ini, change with ini_set() and show in phpinfo()
--INI--
phalcon.orm.events=Off
phalcon.orm.resultset_prefetch_records=25
--FILE--
<?php
var_dump(ini_get('phalcon.orm.events'), ini_get('phalcon.orm.resultset_prefetch_records'));
var_dump(ini_set('phalcon.orm.events', 'yes'), ini_get('phalcon.orm.events'));
ini_restore('phalcon.orm.events');
var_dump(ini_get('phalcon.orm.events'), ini_get('phalcon.orm.nonesuch'));
ini_set('phalcon.db.force_casting', 1);
ob_start();
phpinfo(INFO_MODULES);
preg_match_all('/^(Version|phalcon\.(?:db|warning)[^ ]*) => .*$/m', strstr(ob_get_clean(), "\nphalcon\n"), $lines);
echo implode("\n", array_slice($lines[0], 0, 4));
?>
--EXPECT--
string(0) ""
string(2) "25"
string(0) ""
string(3) "yes"
string(0) ""
bool(false)
Version => 5.18.2
phalcon.db.escape_identifiers => On => On
phalcon.db.force_casting => On => Off
phalcon.warning.enable => On => On
