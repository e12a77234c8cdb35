<?php

declare(strict_types=1);

use Phalanx\Redis;

$redis = new Redis(getenv('REDIS_DSN') ?: 'redis://127.0.0.1:6379');

$redis->xAdd('orders', '*', ['id' => 'A-1', 'total' => 19.9], maxLength: 10_000, approximate: true);
$redis->xAdd('orders', '*', ['id' => 'A-2', 'total' => 5]);

$consumer = $redis->consumer('orders', group: 'billing', name: gethostname() . '-1', from: '0');
$done = $consumer->run(function (array $order): void {
    echo $order['id'], ' ', $order['total'], "\n";
}, wait: 0.1, endless: false); // a worker goes on without end
echo "$done done\n";
