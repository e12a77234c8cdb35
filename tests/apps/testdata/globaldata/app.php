<?php

// Data that workers share: two workers, each doing what the README shows, tell what they see.

use GlobalData\Client;
use GlobalData\Server;
use Workerman\Timer;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';

new Server('127.0.0.1', (int)getenv('PORT'));
$worker = new Worker();
$worker->name = 'user';
$worker->count = 2;
$worker->onWorkerStart = static function (Worker $worker): void {
    Timer::add(0.1, static function () use ($worker): void { // the server is a worker, too: it may be later
        $global = new Client('127.0.0.1:' . getenv('PORT'));
        if ($worker->id === 0) {
            $seen = [isset($global->abc)];
            $global->abc = [1, 2, 3];
            $seen[] = $global->abc;
            unset($global->abc);
            $seen[] = $global->abc;
            $global->abc = [1, 2, 3];
            $seen[] = $global->cas('abc', [1, 2, 3], [5, 6, 7]);
            $seen[] = $global->cas('abc', [1, 2, 3], ['never']);
            $seen[] = $global->abc;
            $seen[] = [$global->add('once', 'first'), $global->add('once', 'second'), $global->once];
            $seen[] = str_repeat($global->long = str_repeat('x', 100000), 1) === $global->long;
            echo json_encode($seen), "\n";
        }
        $global->add('sum', 0);
        for ($i = 0; $i < 200; ++$i) { // both at once
            do {
                $old = $global->sum;
            } while (!$global->cas('sum', $old, $old + 1));
            $global->add('steps', 0);
            $global->increment('steps');
        }
        echo "worker $worker->id has counted\n";
        Timer::add(0.01, static function () use ($global): void {
            if ($global->sum === 400 && $global->steps === 400) {
                echo "400 steps\n";
                Timer::delAll();
            }
        });
    }, [], false);
};
Worker::runAll();
