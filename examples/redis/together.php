<?php

declare(strict_types=1);

use Phalanx\Redis;
use Phalanx\Redis\Connection;
use Phalanx\Redis\Pipeline;
use Phalanx\Redis\Transaction;

$redis = new Redis(getenv('REDIS_DSN') ?: 'redis://127.0.0.1:6379');

// Sent together: one round trip.
$results = $redis->pipeline(function (Pipeline $p): void {
    $p->set('stock', 3);
    $p->get('stock');
});
echo json_encode($results), "\n";

// Carried out together: nobody's commands come between them.
echo json_encode($redis->multi()->decr('stock')->rPush('orders', 'A-1')->exec()), "\n";

// Read, decide, write; once more when somebody has changed the key meanwhile.
$sell = fn () => $redis->watch('stock', function (Connection $c, Transaction $t): void {
    if ((int) $c->get('stock') > 0) {
        $t->decr('stock')->rPush('orders', 'A-2');
    }
});
echo json_encode($sell()), json_encode($sell()), json_encode($sell()), "\n";

// In Lua: the text goes to the server once.
$take = $redis->script('return redis.call("DECRBY", KEYS[1], ARGV[1])');
echo $take->run(['stock'], [5]), "\n";
