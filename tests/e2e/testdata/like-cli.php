<?php

declare(strict_types=1);

// What PHP offers: printed by the script when it is run as "like-cli.php list", and by a worker.

use Workerman\Worker;

function offered(): string
{
    $all = [];
    foreach (get_defined_functions()['internal'] as $name) {
        $all[] = "function $name";
    }
    foreach (get_defined_constants(true) as $kind => $constants) {
        foreach ($kind === 'user' ? [] : $constants as $name => $value) {
            $all[] = "constant $name" . (is_resource($value) ? '' : '=' . var_export($value, true));
        }
    }
    foreach (get_declared_classes() as $name) {
        if ((new ReflectionClass($name))->isInternal()) {
            $all[] = "class $name";
        }
    }
    foreach (ini_get_all(null, false) as $name => $value) {
        $all[] = "ini $name=$value";
    }
    foreach (['_SERVER' => $_SERVER, '_ENV' => $_ENV] as $name => $values) {
        foreach (array_keys($values) as $key) {
            $all[] = "$name $key";
        }
    }
    foreach ([...stream_get_wrappers(), ...stream_get_transports(), ...stream_get_filters()] as $name) {
        $all[] = "stream $name";
    }
    $all[] = 'output buffers ' . ob_get_level();
    $all[] = 'errors ' . error_reporting();
    $all[] = 'locale ' . setlocale(LC_ALL, '0');
    $all[] = 'ini file ' . php_ini_loaded_file();
    sort($all);

    return "offered:\n" . implode("\n", array_unique($all)) . "\nend\n";
}

if (($argv[1] ?? '') === 'list') {
    echo offered();
    exit;
}
$worker = new Worker();
$worker->onWorkerStart = static function (): void {
    echo offered();
};
Worker::runAll();
