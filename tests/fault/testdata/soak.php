<?php

declare(strict_types=1);

// Some of everything, for soak_test.go: two workers that never end, whose memory is to stay flat, and two that
// end, fail and are reloaded.

use Phalanx\Connections;
use Phalanx\Http\Client;
use Phalanx\Redis;
use Phalanx\Shared\Cache;
use Phalanx\Shared\Counter;
use Phalanx\Shared\Lock;
use Phalanx\Sql\Database;
use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;
use Workerman\Timer;
use Workerman\Worker;

$address = static fn (string $scheme, int $n): string => "$scheme://127.0.0.1:" . getenv("PORT$n");

final class Soak
{
    public static Database $sql;
    public static ?Redis $redis = null;
    public static Client $client;

    public static function answer(TcpConnection $connection, Request $request): string|Response
    {
        switch ($request->path()) {
            case '/sql':
                self::$sql->execute('UPDATE visits SET n = n + 1 WHERE id = ?', [random_int(1, 100)]);
                return (string)self::$sql->value('SELECT count(*) FROM visits');
            case '/redis':
                self::$redis?->set('soak', str_repeat('x', 100), ['ex' => 60]);
                return self::$redis?->get('soak') ?? 'none';
            case '/wait':
                Timer::sleep(0.005);
                return 'waited';
            case '/timer':
                Timer::delay(0.005, static fn () => $connection->send('fired'));
                return '';
            case '/coroutines':
                $parts = [];
                $group = new Coroutine\WaitGroup();
                foreach (range(1, 5) as $n) {
                    $group->add();
                    Coroutine::create(static function () use ($group, &$parts, $n): void {
                        Timer::sleep(0.001 * $n);
                        $parts[] = $n;
                        $group->done();
                    });
                }
                $group->wait();
                return implode(',', $parts);
            case '/cache':
                $cache = new Cache('soak', maxBytes: 1 << 20);
                $key = 'k' . random_int(1, 20000);
                return strlen($cache->remember($key, static fn () => str_repeat('v', 200), 5.0)) . '';
            case '/lock':
                (new Lock('soak'))->synchronized(static fn () => Timer::sleep(0.001));
                return (string)((new Counter('soak'))->add() > 0);
            case '/throw':
                try {
                    throw new RuntimeException(str_repeat('x', 1000));
                } catch (RuntimeException $e) {
                    return get_class($e);
                }
            case '/upload':
                $file = $request->file('file');
                return $file['size'] . ' ' . md5_file($file['tmp_name']);
            case '/session':
                $session = $request->session();
                $session->set('n', $session->get('n', 0) + 1);
                return 'session';
            case '/large':
                return str_repeat('0123456789abcdef', 16384);
            case '/client':
                return self::$client->get('/')->body();
            default:
                return 'hello';
        }
    }
}

$steady = new Worker($address('http', 1));
$secure = new Worker($address('http', 2), ['ssl' => ['local_cert' => getenv('CERT'), 'verify_peer' => false]]);
$secure->transport = 'ssl';
foreach (['steady' => $steady, 'secure' => $secure] as $name => $worker) {
    $worker->name = $name;
    $worker->reloadable = false;
    $worker->eventLoop = Fiber::class;
    $worker->onWorkerStart = static function (): void {
        Soak::$sql = new Database('sqlite:' . getenv('SOAK_FOLDER') . '/soak.sqlite');
        Soak::$redis = getenv('REDIS_DSN') ? new Redis(getenv('REDIS_DSN'), timeout: 50.0) : null;
        Soak::$client = new Client(baseUrl: 'http://127.0.0.1:' . getenv('PORT1'), timeout: 50);
        Timer::repeat(0.1, static fn () => (new Counter('ticks'))->add());
    };
    $worker->onMessage = static function (TcpConnection $connection, Request $request): void {
        $answer = Soak::answer($connection, $request);
        if ($answer !== '') {
            $connection->send($answer);
        }
    };
}
$steady->count = 2;

$frail = new Worker($address('http', 3));
$frail->name = 'frail';
$frail->count = 2;
$frail->messageTimeout = 0.5;
$frail->onMessage = static function (TcpConnection $connection, Request $request): void {
    switch ($request->path()) {
        case '/exit':
            exit(3);
        case '/fatal':
            eval('interface Countable {}');
            // no break
        case '/memory':
            ini_set('memory_limit', '64M');
            str_repeat('x', 128 << 20);
            // no break
        case '/throw':
            throw new RuntimeException('nobody catches this');
        case '/loop':
            while (true) {
                getenv('PORT1');
            }
            // no break
        default:
            $connection->send('hello');
    }
};

$rooms = new Worker($address('websocket', 4));
$rooms->name = 'rooms';
$rooms->count = 2;
$rooms->keepConnections = true;
$rooms->onMessage = static function (TcpConnection $connection, string $message): void {
    [$wish, $room] = explode(' ', $message, 3) + ['', ''];
    match ($wish) {
        'join' => $connection->send(Connections::join($connection, $room) ? 'joined' : 'there'),
        'leave' => $connection->send(Connections::leave($connection, $room) ? 'left' : 'not there'),
        'say' => Connections::sendToGroup($room, $message),
    };
};

(new Database('sqlite:' . getenv('SOAK_FOLDER') . '/soak.sqlite'))->script(
    'PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);'
    . 'WITH RECURSIVE c(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 100)'
    . ' INSERT OR IGNORE INTO visits SELECT i, 0 FROM c;'
);
Worker::$monitorAddress = '127.0.0.1:' . getenv('PORT5');
Worker::$logFile = getenv('SOAK_FOLDER') . '/workerman.log';
Worker::$pidFile = getenv('SOAK_FOLDER') . '/soak.pid';
session_save_path(getenv('SOAK_FOLDER'));
Worker::runAll();
