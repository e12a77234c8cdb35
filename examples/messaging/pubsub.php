<?php

use Phalanx\PubSub;
use Phalanx\PubSub\Message;

$pubsub = new PubSub();

// Whoever subscribes gets what is published meanwhile. "*" is one part of a subject, ">" the rest.
$pubsub->subscribe('orders.*', function (Message $message): void {
    echo $message->subject, ': ', $message->data()['total'], "\n";
});

// What a handler returns answers a request. Of a group, one gets each message.
$pubsub->subscribe('price', fn (Message $message): float => $message->data()['net'] * 1.19, group: 'prices');

$pubsub->publish('orders.new', ['id' => 7, 'total' => 19.9]);

echo $pubsub->request('price', ['net' => 100], timeout: 2.0)->data(), "\n";
