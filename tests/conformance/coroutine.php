<?php

/*
 * Runs the PHPUnit tests of a checkout of workerman-php/coroutine in workers, as its own start.php does, which wants
 * Composer: those that suit a loop without coroutines on Select, all on Fiber. The results go to RESULTS/LOOP.xml.
 *
 *   phalanx -d include_path=... coroutine.php start   with TESTS (the checkout's tests/), RESULTS (a folder),
 *   TESTLIBS (libraries) and CHECKOUTS (what loads them)
 */

declare(strict_types=1);

use Workerman\Events\Fiber;
use Workerman\Events\Select;
use Workerman\Worker;

require_once 'PHPUnit/Autoload.php';
require_once (string)getenv('CHECKOUTS');
Checkouts::fromEnv('TESTLIBS', ['workerman/workerman', 'workerman/coroutine']);

$tests = (string)getenv('TESTS');
$results = (string)getenv('RESULTS');
Worker::$pidFile = "$results/pid";
Worker::$logFile = "$results/log";
Worker::$statusFile = "$results/status";

$onSelect = ['Barrier', 'Channel', 'Context', 'Pool', 'WaitGroup'];
$runs = [
    Select::class => array_map(static fn (string $name): string => "$tests/{$name}Test.php", $onSelect),
    Fiber::class => glob("$tests/*Test.php"),
];
foreach ($runs as $loop => $files) {
    $worker = new Worker();
    $worker->eventLoop = $loop;
    $worker->onWorkerStart = static function () use ($loop, $files, $results, $runs): void {
        $result = "$results/" . basename(strtr($loop, '\\', '/'));
        $options = ['--no-configuration', '--do-not-cache-result', '--log-junit', "$result.xml"];
        (new PHPUnit\TextUI\Application())->run(['phpunit', ...$options, ...$files]);
        touch("$result.done");
        // The last one ends the server.
        if (count(glob("$results/*.done")) === count($runs)) {
            posix_kill(posix_getppid(), SIGINT);
        }
    };
}

Worker::runAll();
