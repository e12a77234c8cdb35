<?php

// A chat: gateways for WebSocket and text clients, and workers in which the events are.

use GatewayWorker\BusinessWorker;
use GatewayWorker\Gateway;
use GatewayWorker\Register;
use Workerman\Worker;

require __DIR__ . '/vendor/autoload.php';
require __DIR__ . '/Events.php';

new Register('text://127.0.0.1:' . getenv('PORT3'));

foreach (['websocket' => getenv('PORT'), 'text' => getenv('PORT2')] as $protocol => $port) {
    $gateway = new Gateway("$protocol://127.0.0.1:$port");
    $gateway->name = "Gateway $protocol";
    $gateway->count = 2;
    $gateway->lanIp = '127.0.0.1';
    $gateway->startPort = $protocol === 'text' ? (int)getenv('PORT4') : (int)getenv('PORT4') + 2;
    $gateway->registerAddress = '127.0.0.1:' . getenv('PORT3');
    $gateway->pingInterval = 10;
    $gateway->pingData = '{"type":"ping"}';
}

$business = new BusinessWorker();
$business->name = 'ChatBusinessWorker';
$business->count = 2;
$business->registerAddress = '127.0.0.1:' . getenv('PORT3');
$business->eventHandler = Events::class;

Worker::runAll();
