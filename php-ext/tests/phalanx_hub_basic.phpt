--TEST--
phalanx_hub_*(): groups and users of a loop's connections
--FILE--
<?php
class Conn
{
    public $onMessage;

    public function __construct(private int $handle)
    {
        $this->onMessage = static function (self $conn, string $data) use ($handle): void {
            $name = phalanx_hub_id($handle);
            [$what, $argument] = explode(' ', "$data ");
            match ($what) {
                'join' => var_dump(phalanx_hub_do(1, 0, $name, $argument)),
                'user' => var_dump(phalanx_hub_do(5, 0, $name, $argument)),
                'say' => var_dump(phalanx_hub_do(0, 2, 'room', '', $argument)),
                'others' => var_dump(phalanx_hub_do(0, 4, '', '', 'to others', 0, json_encode(['conns' => [$name]]))),
                'ask' => print(phalanx_hub_ask('{"about":"groups"}') . phalanx_hub_ask('{"about":"users"}') . "\n"),
                'bye' => var_dump(phalanx_hub_do(6, 3, '["room"]', '', 'bye')),
            };
        };
    }

    public function onEngineClose(): void
    {
        static $closed = 0;
        var_dump(phalanx_hub_id($this->handle));
        if (++$closed === 2) {
            echo phalanx_hub_ask('{"about":"groups"}'), "\n";
            phalanx_loop_stop();
        }
    }
}
$listener = phalanx_listen([
    'address' => 'tcp://127.0.0.1:0',
    'protocol' => 'text',
    'factory' => fn (int $handle) => new Conn($handle),
]);
$address = 'tcp://' . phalanx_listener_address($listener);
$clients = ['a' => stream_socket_client($address), 'b' => stream_socket_client($address)];
$script = [['a', 'join room'], ['b', 'join room'], ['a', 'user ada'], ['a', 'say hello'], ['a', 'others'], ['b', 'ask'], ['a', 'bye']];
foreach ($clients as $name => $client) {
    phalanx_loop_watch($client, 1, function ($client) use ($name) {
        $line = fgets($client);
        echo $line === false ? "$name ends\n" : "$name hears $line";
        if ($line === false) {
            phalanx_loop_watch($client, 1, null);
            fclose($client);
        }
    });
}
phalanx_timer_add(0.02, function () use (&$script, $clients) {
    if ($step = array_shift($script)) {
        fwrite($clients[$step[0]], "$step[1]\n");
    }
});
phalanx_loop_run();
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)
%c hears hello
%c hears hello
bool(true)
b hears to others
{"counts":{"room":2}}{"counts":{"ada":1}}
bool(true)
%c hears bye
%c hears bye
%c ends
%c ends
string(0) ""
string(0) ""
{}
