<?php

declare(strict_types=1);

use Phalanx\Redis;

$redis = new Redis(getenv('REDIS_DSN') ?: 'redis://127.0.0.1:6379');

echo $redis->synchronized('lock:report', fn () => 'one at a time', wait: 5.0), "\n";

$lock = $redis->lock('lock:import', ttl: 10.0);
if ($lock->acquire(wait: 2.0)) {
    echo $lock->held() ? "held\n" : "lost\n";
    $lock->release();
}

// 2 at once, 10 in a minute
foreach (range(1, 3) as $n) {
    $limit = $redis->limit('login:ada', rate: 10, period: 60, burst: 2);
    echo $limit->allowed ? "allowed, $limit->remaining left\n" : 'wait ' . ceil($limit->retryAfter) . " s\n";
}
