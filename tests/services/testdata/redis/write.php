<?php

declare(strict_types=1);

// Counts up until it is told to stop, and says what goes wrong and when it goes right again.

use Phalanx\Redis;
use Phalanx\Redis\Exception\RedisException;

$r = new Redis($argv[1], timeout: 1.0, connectTimeout: 1.0);
$bad = null;
while (true) {
    try {
        $n = $r->incr('n');
        $seen = $r->get('n');
        if ($bad !== false) {
            echo "good: $n\n";
        }
        $bad = false;
    } catch (RedisException $e) {
        if ($bad !== true) {
            echo 'bad: ', $e::class, "\n";
        }
        $bad = true;
    }
    \usleep(10000);
}
