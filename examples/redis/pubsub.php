<?php

declare(strict_types=1);

use Phalanx\Redis;

use function Phalanx\async;
use function Phalanx\await;

$redis = new Redis(getenv('REDIS_DSN') ?: 'redis://127.0.0.1:6379');

// To be iterated over, in a coroutine.
$subscription = $redis->subscribe('news');
$reader = async(function () use ($subscription): void {
    foreach ($subscription as $message) {
        echo "$message->channel: $message->payload\n";
        if ($message->payload === 'bye') {
            break;
        }
    }
});
$redis->publish('news', 'hello');
$redis->publish('news', 'bye');
await($reader);

// With a callback, which a worker's loop calls: $redis->subscribe('news', function (string $message, string $channel) { ... });
