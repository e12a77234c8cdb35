<?php

/*
 * Runs the tests: phalanx tests/run.php
 *
 * With PHPUnit, where Composer has installed it; else with the few lines of TestCase.php, so that a fresh checkout
 * needs nothing but the phalanx binary.
 */

declare(strict_types=1);

$root = dirname(__DIR__);
if (is_file("$root/vendor/bin/phpunit")) {
    $arguments = [PHP_BINARY, "$root/vendor/bin/phpunit", '--bootstrap', "$root/autoload.php", "$root/tests"];
    passthru(implode(' ', array_map(escapeshellarg(...), $arguments)), $status);
    exit($status);
}

require "$root/autoload.php";
require __DIR__ . '/TestCase.php';
$failed = $passed = 0;
foreach (glob(__DIR__ . '/*Test.php') ?: [] as $file) {
    require $file;
    $class = 'App\\Tests\\' . basename($file, '.php');
    $class::setUpBeforeClass();
    foreach (get_class_methods($class) as $method) {
        if (!str_starts_with($method, 'test')) {
            continue;
        }
        $test = new $class($method);
        try {
            $test->run();
            $passed++;
        } catch (Throwable $e) {
            $failed++;
            echo "FAILED $class::$method\n$e\n\n";
        }
    }
    $class::tearDownAfterClass();
}
echo "$passed passed, $failed failed\n";
exit($failed > 0 || $passed === 0 ? 1 : 0);
