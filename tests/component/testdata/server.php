<?php

// A worker whose callbacks wait for Go: in coroutines on /sleep, blocking on /forever of the second worker.
use Workerman\Events\Fiber;
use Workerman\Worker;

[, $first, $second] = explode(',', getenv('PORTS') ?: ',0,0');
$coroutines = new Worker("http://127.0.0.1:$first");
$coroutines->eventLoop = Fiber::class;
$coroutines->onMessage = function ($connection) {
    static $waiter = new Fixture\Waiter(), $waiting = 0, $together = 0;
    $together = max($together, ++$waiting);
    $value = $waiter->sleep(0.2, 'slept');
    $waiting--;
    $connection->send("$value $together");
};
$blocking = new Worker("http://127.0.0.1:$second");
$blocking->onMessage = function ($connection) {
    echo "waiting\n";
    try {
        (new Fixture\Waiter())->forever();
    } catch (Phalanx\Exception\CancelledException $e) {
        echo 'cancelled: ', $e->getMessage(), "\n";
    }
};
Worker::runAll();
