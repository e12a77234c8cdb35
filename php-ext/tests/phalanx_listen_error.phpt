--TEST--
phalanx_listen() says what is wrong with its options, and why an address cannot be bound
--FILE--
<?php
$factory = fn () => new stdClass;
$taken = stream_socket_server('tcp://127.0.0.1:0');
$address = 'tcp://' . stream_socket_get_name($taken, false);
foreach ([
    [],
    ['factory' => $factory],
    ['factory' => $factory, 'address' => 'tcp://127.0.0.1:0', 'protocol' => 'gopher'],
    ['factory' => $factory, 'address' => 'quic://127.0.0.1:0'],
    ['factory' => $factory, 'address' => $address],
    ['factory' => $factory, 'address' => $address, 'limits' => "head=0\n"],
] as $options) {
    try {
        phalanx_listen($options);
    } catch (Throwable $e) {
        echo get_class($e), ': ', str_replace($address, 'ADDRESS', $e->getMessage()), "\n";
    }
}
?>
--EXPECT--
ValueError: phalanx_listen(): Argument #1 ($options) must have a callable under "factory"
ValueError: phalanx_listen(): Argument #1 ($options) must have "fd" or "address"
ValueError: phalanx_listen(): Argument #1 ($options) must name a protocol: raw, text, frame, http, websocket or user
RuntimeException: Unable to connect to quic://127.0.0.1:0 (unknown transport quic)
RuntimeException: Unable to connect to ADDRESS (Address already in use)
RuntimeException: limit head ("0"): not a number from 16 on
