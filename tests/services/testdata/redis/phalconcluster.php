<?php

declare(strict_types=1);

// Phalcon's adapter for Redis clusters without the redis extension; the arguments are nodes.

require __DIR__ . '/check.php';

use Phalcon\Storage\Adapter\RedisCluster;
use Phalcon\Storage\Exceptions\ClusterConnectionFailed;
use Phalcon\Storage\SerializerFactory;

same(false, extension_loaded('redis'), 'the engine is what is tested');
$storage = new RedisCluster(new SerializerFactory(), ['hosts' => array_slice($argv, 1)]);
$keys = [];
for ($i = 0; $i < 100; $i++) { // of all nodes
    $keys[] = "k$i";
    same(true, $storage->set("k$i", [$i]), 'set');
}
same([99], $storage->get('k99'), 'get');
same('default', $storage->get('none', 'default'), 'nothing');
$found = $storage->getKeys('k');
same(100, count($found), 'the keys of all nodes');
same(true, in_array('ph-redc-k7', $found, true), 'with the prefix');
same(2, $storage->increment('n', 2), 'counting');
same(true, $storage->deleteMultiple($keys), 'several, on several nodes');
same(false, $storage->has('k5'), 'deleted');
same(true, $storage->setForever('stays', 1), 'for ever');
same(true, $storage->clear(), 'clear');
same([], $storage->getKeys(), 'cleared');
$gone = new RedisCluster(new SerializerFactory(), ['hosts' => ['127.0.0.1:1'], 'timeout' => 1]);
throws(ClusterConnectionFailed::class, fn () => $gone->get('a'), 'Could not connect to the Redis Cluster server due to: ');
echo "all is well\n";
