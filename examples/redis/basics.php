<?php

declare(strict_types=1);

use Phalanx\Redis;
use Phalanx\Redis\Exception\WrongTypeException;

$redis = new Redis(getenv('REDIS_DSN') ?: 'redis://127.0.0.1:6379');

$redis->set('greeting', 'Hello', ['ex' => 60]);
echo $redis->get('greeting'), ' ', $redis->get('nobody') ?? 'nothing', "\n";

$redis->hSet('user:7', ['name' => 'Ada', 'visits' => 1]);
$redis->hIncrBy('user:7', 'visits', 1);
echo json_encode($redis->hGetAll('user:7')), "\n";

$redis->zAdd('scores', ['Ada' => 31, 'Eve' => 12.5]);
echo json_encode($redis->zRangeByScore('scores', 10, '+inf', ['withscores', 'limit' => [0, 1]])), "\n";

try {
    $redis->incr('user:7');
} catch (WrongTypeException $e) {
    echo $e->getPrefix(), ' of ', $e->getCommand(), "\n";
}

foreach ($redis->scan('user:*') as $key) {
    echo $key, "\n";
}
echo $redis->command('STRLEN', 'greeting'), "\n";
