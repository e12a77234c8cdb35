<?php

declare(strict_types=1);

// The methods of Phalanx\Redis and the commands that they send, a line each.

use Phalanx\Redis;

foreach ([Redis::class, Redis\Connection::class, Redis\Pipeline::class, Redis\Transaction::class] as $class) {
    foreach ((new ReflectionClass($class))->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
        echo $class, ' ', $method->getName(), ' ', $method->getDocComment() === false ? 'bare' : 'documented', "\n";
    }
}
