--TEST--
phalanx_listen(): connections of a plain script, each with an object of the factory's making
--FILE--
<?php
class Conn
{
    public $onMessage;

    public function __construct(private int $handle)
    {
        $this->onMessage = $this->echoBack(...);
    }

    private function echoBack(self $conn, string $data): void
    {
        var_dump(phalanx_conn_send($this->handle, "re: $data"));
    }

    public function onEngineClose(): void
    {
        echo "closed\n";
        var_dump(phalanx_conn_send($this->handle, 'too late'));
        phalanx_loop_stop();
    }
}
$listener = phalanx_listen([
    'address' => 'tcp://127.0.0.1:0',
    'protocol' => 'text',
    'factory' => fn (int $handle) => new Conn($handle),
]);
$client = stream_socket_client('tcp://' . phalanx_listener_address($listener));
phalanx_loop_watch($client, 1, function ($client) {
    echo fgets($client);
    fclose($client);
});
fwrite($client, "one\n");
phalanx_loop_run();
?>
--EXPECT--
bool(true)
re: one
closed
bool(false)
