<?php

declare(strict_types=1);

// What applications do that no manual tells: a line with a command, an answer.

use Workerman\Connection\ConnectionInterface;
use Workerman\Connection\TcpConnection;
use Workerman\Connection\UdpConnection;
use Workerman\Lib\Timer as OldTimer;
use Workerman\Protocols\Frame;
use Workerman\Protocols\Text;
use Workerman\Timer;
use Workerman\Worker;

/** Methods that omit the connection, a length beyond the buffer, bytes that are dropped inside input(). */
class Lenient
{
    /** @return int|float|string */
    public static function input(string $buffer, ConnectionInterface $connection)
    {
        if ($buffer[0] === '-') { // a comment: one byte
            $connection->consumeRecvBuffer(1);
            return strlen($buffer) > 1 ? self::input(substr($buffer, 1), $connection) : 0;
        }
        return (int)$buffer[0]; // often more than there is
    }

    public static function decode(string $buffer): string
    {
        return substr($buffer, 1);
    }

    public static function encode(string $data): string
    {
        return (strlen($data) + 1) . $data;
    }
}

class_alias(Lenient::class, 'Protocols\\Lenient'); // it may live anywhere

/** Overrides run(), and has methods with the names of callbacks, as GatewayWorker's classes do. */
class Sub extends Worker
{
    public string $file;

    public $before = null;

    public function __construct(?string $socketName = null, array $contextOption = [])
    {
        parent::__construct($socketName, $contextOption);
        $this->file = basename(debug_backtrace()[0]['file']);
    }

    public function run(): void
    {
        $this->before = $this->onWorkerStart;
        $this->onWorkerStart = [$this, 'onWorkerStart'];
        $this->onWorkerStop = [$this, 'onWorkerStop'];
        parent::run();
    }

    protected function onWorkerStart(): void
    {
        ($this->before)($this);
        $this->onConnect = [$this, 'onConnect'];
        $this->onMessage = [$this, 'onMessage'];
        $this->onClose = fn (TcpConnection $connection) => print("sub closed $connection->name\n");
    }

    protected function onWorkerStop(): void
    {
        echo "sub stopped\n";
    }

    public function onConnect(TcpConnection $connection): void
    {
        $connection->name = 'visitor';
        $connection->list['a']['b'] = 1; // dynamic, and written to in place
    }

    public function onMessage(TcpConnection $connection, string $data): void
    {
        $connection->send("$this->file $connection->name " . json_encode($connection->list) . " $data");
    }
}

$event = json_encode(Worker::$globalEvent); // not there yet

$main = new Worker('text://127.0.0.1:' . getenv('PORT1'));
$main->name = 'main';
$main->commands = [ // a dynamic property of a worker
    'event' => fn () => $event . (Worker::$globalEvent === null ? ' none' : ' one') . ' ' . (Worker::$eventLoopClass ?? 'null'),
    'workers' => fn () => implode(' ', array_map(fn (Worker $worker) => $worker->name, Worker::getAllWorkers())),
    'id' => function (TcpConnection $connection) {
        $before = $connection->id;
        $connection->id = 4711; // applications do
        return json_encode([
            $before > 0, count(TcpConnection::$connections) > 0, $connection->worker->name,
            in_array($connection, $connection->worker->connections, true), $connection->id,
        ]);
    },
    'status' => fn (TcpConnection $c) => $c->getStatus(false) . ' ' . json_encode($c->getStatus() === TcpConnection::STATUS_ESTABLISHED),
    'json' => function (TcpConnection $connection) {
        $all = $connection->jsonSerialize();
        return implode(',', array_keys($all)) . ' ' . $all['transport'] . ' ' . $all['getRemoteIp'] . ' ' . json_encode($all['isIpV4']);
    },
    'raw' => fn (TcpConnection $connection) => json_encode($connection->send("without line end;", true)),
    'socket' => function (TcpConnection $connection) {
        $stream = $connection->getSocket();
        return json_encode([
            is_resource($stream), get_resource_type($stream), stream_socket_get_name($stream, true) === $connection->getRemoteAddress(),
            stream_socket_get_name($stream, false) === $connection->getLocalAddress(), feof($stream),
        ]);
    },
    'static' => fn () => json_encode([Text::encode('a'), Frame::encode('a'), Text::decode("b\n"), Text::input("c\n", newConnection())]),
    'unmade' => function () {
        $connection = newConnection();
        $connection->maxSendBufferSize = 5;
        $connection->protocol = Text::class;
        $connection->onMessage = null;
        $connection->headers = ['a'];
        $connection->anything = 1;
        return json_encode([$connection instanceof TcpConnection, $connection->maxSendBufferSize, $connection->getStatus()]);
    },
    'old timer' => function (TcpConnection $connection) {
        OldTimer::add(0.001, fn () => $connection->send('old timer ' . (is_a(OldTimer::class, Timer::class, true) ? 'is the new' : 'differs')), [], false);
        return '';
    },
    'timers' => function (TcpConnection $connection) {
        $seen = [];
        $start = hrtime(true);
        $note = function (string $name) use (&$seen) {
            $seen[] = $name;
        };
        $times = 0;
        $id = Timer::add(0.0002, function () use (&$times, &$id, $note) {
            if (++$times === 5) {
                $note('five');
                Timer::del($id);
            }
        });
        Timer::add(0.0001, $note, ['first'], false);
        $gone = Timer::delay(0.0001, $note, ['never']);
        Timer::del($gone);
        Timer::add(0.05, function () use ($connection, &$seen, $start) {
            $connection->send(implode(' ', $seen) . (hrtime(true) - $start < 1e9 ? ' soon' : ' late'));
        }, null, false);
        return '';
    },
    'streams' => function (TcpConnection $connection) {
        [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $process = proc_open(['sh', '-c', 'echo from a process; exec 1>&-; sleep 0.05'], [1 => ['pipe', 'w']], $pipes);
        $client = stream_socket_client('tcp://127.0.0.1:' . getenv('PORT1'), $code, $error, 5, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
        $seen = [];
        $loop = Worker::$globalEvent;
        foreach ([$a, $pipes[1], $client] as $stream) {
            stream_set_blocking($stream, false);
        }
        $loop->onWritable($client, function ($client) use ($loop, &$seen) {
            $loop->offWritable($client);
            $seen['connected'] = stream_socket_get_name($client, true) !== false;
            fwrite($client, "workers\n");
        });
        $loop->onReadable($client, function ($client) use ($loop, &$seen) {
            $seen['answer'] = trim(fgets($client));
            $loop->offReadable($client);
            fclose($client);
        });
        $loop->onReadable($a, fn () => $seen['replaced'] = true);
        $loop->onReadable($a, function ($stream) use ($loop, &$seen, $a) { // the later one counts
            $seen['pair'] = fread($stream, 10) . ($stream === $a ? ' same' : ' other');
            $loop->offReadable($stream);
        });
        $loop->onReadable($pipes[1], function ($stream) use ($loop, &$seen) {
            $line = fgets($stream);
            if ($line === false) {
                $loop->offReadable($stream);
                $seen['end'] = feof($stream);
                return;
            }
            $seen['process'] = trim($line);
        });
        fwrite($b, 'paired');
        $timer = Timer::add(0.005, function () use (&$seen, &$timer, $connection, $process, $a, $b) {
            if (count($seen) === 5) {
                Timer::del($timer);
                ksort($seen);
                $connection->send(json_encode($seen));
                proc_close($process);
                array_map(fclose(...), [$a, $b]); // PHP lets programs inherit them
            }
        });
        return '';
    },
    'off' => function () {
        [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        $loop = Worker::$globalEvent;
        $loop->onReadable($a, fn () => null);
        $results = [$loop->offReadable($a), $loop->offReadable($a), $loop->offWritable($a)];
        array_map(fclose(...), [$a, $b]);
        $id = $loop->repeat(60, fn () => null);
        $delay = $loop->delay(60, fn () => null);
        return json_encode([...$results, $loop->offRepeat($id), $loop->offRepeat($id), $loop->offDelay($delay), $loop->offDelay($delay)]);
    },
    'count' => function () {
        $loop = Worker::$globalEvent;
        $before = $loop->getTimerCount();
        $ids = [Timer::add(60, fn () => null), Timer::add(60, fn () => null, [], false), Timer::repeat(60, fn () => null)];
        $with = $loop->getTimerCount();
        array_map(Timer::del(...), $ids);
        return ($with - $before) . ' ' . ($loop->getTimerCount() - $before);
    },
    'frame' => function (TcpConnection $connection) { // what comes from now on is framed
        $connection->send('now frames');
        $connection->protocol = Frame::class;
        return '';
    },
    'mute' => function (TcpConnection $connection) {
        $connection->send('mute now');
        $connection->onMessage = null;
        $connection->onClose = null;
        $connection->onError = null;
        return '';
    },
    'throw' => function (TcpConnection $connection) {
        $connection->errorHandler = fn (Throwable $e) => $connection->send('handled ' . $e->getMessage());
        throw new RuntimeException('mine');
    },
    'destroy' => function (TcpConnection $connection) {
        $connection->onClose = fn () => print("destroyed\n");
        $connection->destroy();
        $connection->destroy();
        echo json_encode([$connection->send('late'), $connection->getStatus(false)]), "\n";
        return '';
    },
    'close twice' => function (TcpConnection $connection) {
        $connection->onClose = fn ($c) => print('closed ' . $c->getStatus(false) . "\n");
        $connection->close('bye');
        $connection->close('again');
        return '';
    },
    'ask back' => function (TcpConnection $connection) { // blocks, and its peer has to know why
        $server = stream_socket_server('tcp://127.0.0.1:0');
        $connection->send(stream_socket_get_name($server, false));
        $client = stream_socket_accept($server, 10);
        $connection->send('asked for a name');
        fwrite($client, "name?\n"); // behind what was sent, though nothing waits here
        $name = trim(fgets($client));
        array_map(fclose(...), [$client, $server]);
        return "hello $name";
    },
    'cwd' => fn () => json_encode([getcwd() === __DIR__, PHP_SAPI, isset($_SERVER['argv'], $GLOBALS['argv']), is_resource(STDIN)]),
    'programs' => function () { // those that are started hold none of our sockets
        $shell = 'ls -l /proc/self/fd | grep -c socket; true';
        $handle = popen($shell, 'r');
        $popen = trim(fgets($handle));
        pclose($handle);
        $process = proc_open($shell, [1 => ['pipe', 'w']], $pipes);
        $proc = trim(stream_get_contents($pipes[1]));
        return json_encode([exec($shell), $popen, $proc, proc_close($process)]);
    },
    'globals' => function () {
        $_SERVER = ['GATEWAY_CLIENT_ID' => 'x'];
        $_SESSION = ['name' => 'y'];
        $_GET['a'] = 1;
        return json_encode([$_SERVER, $_SESSION, $_GET]);
    },
];
$main->onWorkerStart = static function (Worker $worker): void {
    // Set here, as frameworks do.
    $worker->onMessage = static function (TcpConnection $connection, string $line) use ($worker): void {
        if ($connection->protocol === Frame::class) {
            $connection->send("framed $line");
            return;
        }
        $command = $worker->commands[$line] ?? fn () => "no command $line";
        $answer = $command($connection);
        if ($answer !== '') {
            $connection->send($answer);
        }
    };
    // A worker inside the worker, its port computed from the id.
    $inner = new Worker('Lenient://127.0.0.1:' . ((int)getenv('PORT2') + $worker->id));
    $inner->name = 'inner';
    $inner->onMessage = fn (TcpConnection $connection, string $data) => $connection->send(strrev($data));
    $inner->listen();
    $udp = new Worker('udp://127.0.0.1:' . getenv('PORT3'));
    $udp->onMessage = function (UdpConnection $connection, string $data): void {
        $all = $connection->jsonSerialize();
        $connection->send(implode(',', array_keys($all)) . ' ' . $data . ' ' . json_encode($connection->getRemotePort() === $all['remotePort']));
    };
    $udp->listen();
};

$sub = new Sub('text://127.0.0.1:' . getenv('PORT4'));
$sub->name = 'sub';
$sub->onWorkerStart = fn (Sub $worker) => print('sub started ' . $worker->id . "\n");

function newConnection(): TcpConnection
{
    return (new ReflectionClass(TcpConnection::class))->newInstanceWithoutConstructor();
}

Worker::runAll();
