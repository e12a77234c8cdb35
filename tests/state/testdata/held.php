<?php

declare(strict_types=1);

namespace Phalanx\Tests\State;

// Two visitors of one worker, and what a worker's clients hold for them. /take takes what it can get and lets go of
// nothing; with ?wait it stays until the other visitor has looked. / tells what a visitor finds. PLAIN=1: without Sapi.

use Phalanx\Http\Client;
use Phalanx\Http\CookieJar;
use Phalanx\Http\Sapi;
use Phalanx\Redis;
use Phalanx\Redis\Exception\UsageException;
use Phalanx\Shared\Lock;
use Phalanx\Sql\Database;
use Phalanx\Sql\Exception as SqlException;
use Workerman\Connection\TcpConnection;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

final class Held
{
    private int $looked = 0;

    private readonly Database $db;

    private readonly Redis $redis;

    private readonly Client $client;

    private readonly Client $remembering;

    private readonly string $peer;

    public function __construct()
    {
        $this->db = new Database('sqlite:' . __DIR__ . '/held.sqlite');
        $this->db->execute('CREATE TABLE IF NOT EXISTS visits (id integer primary key)');
        $this->redis = new Redis((string) getenv('REDIS'));
        $this->peer = (string) getenv('PEER');
        $this->client = new Client($this->peer);
        $this->remembering = new Client($this->peer, cookies: true);
    }

    /** @return array<string, mixed> */
    public function answer(Request $request): array
    {
        return $request->path() === '/take' ? $this->take($request) : $this->look();
    }

    /** @return array<string, mixed> */
    private function take(Request $request): array
    {
        $permit = (new Lock('held'))->acquire(timeout: 5.0);
        $transaction = $this->db->begin();
        $transaction->execute('INSERT INTO visits DEFAULT VALUES');
        $transaction->execute('CREATE TEMP TABLE mine (a integer)');
        $transaction->execute('INSERT INTO mine VALUES (1)');
        $watching = $this->redis->connection();
        $watching->select(5);
        $watching->watch('watched');
        $watching->command('SET', 'elsewhere', 'mine');
        $seen = [
            'file' => $request->file('upload')['tmp_name'] ?? null,
            'temporary' => $transaction->value('SELECT count(*) FROM mine'),
            'elsewhere' => $watching->command('GET', 'elsewhere'),
            'jar' => (new Client($this->peer, cookies: new CookieJar()))->get('/')->body(),
        ] + $this->state();
        if ($request->get('wait') !== null) {
            $before = $this->looked; // one of the next two comes after all was taken
            while ($this->looked < $before + 2) {
                Timer::sleep(0.001);
            }
        }

        return $seen + ['later' => $this->state(), 'kept' => $transaction->isActive() && $permit->isHeld()];
    }

    /** @return array<string, mixed> */
    private function look(): array
    {
        $seen = $this->state();
        $this->looked++;

        return $seen;
    }

    /** @return array<string, mixed> what any visitor's code can see through the worker's clients */
    private function state(): array
    {
        $refused = [];
        foreach ([['SELECT', 5], ['MULTI'], ['WATCH', 'watched']] as $command) {
            try {
                $this->redis->command(...$command);
            } catch (UsageException) {
                $refused[] = $command[0];
            }
        }
        try {
            $table = $this->db->value('SELECT count(*) FROM mine');
        } catch (SqlException) {
            $table = null;
        }

        return [
            'inside' => $this->db->inTransaction(),
            'rows' => $this->db->value('SELECT count(*) FROM visits'),
            'table' => $table,
            'locked' => (new Lock('held'))->isHeld(),
            'refused' => $refused,
            'here' => $this->redis->command('GET', 'elsewhere'),
            'cookies' => $this->client->get('/')->body(),
            'shared jar' => $this->remembering->get('/')->body(),
        ];
    }
}

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->eventLoop = Fiber::class;
$worker->onWorkerStart = static function () use ($worker): void {
    $held = new Held();
    $sapi = getenv('PLAIN') ? null : new Sapi($worker);
    $worker->onMessage = static function (TcpConnection $connection, Request $request) use ($sapi, $held): void {
        $answer = static fn (): string => (string) json_encode($held->answer($request));
        if ($sapi === null) {
            $connection->send($answer());
            return;
        }
        $connection->send($sapi->serve($connection, $request, static function () use ($answer): void {
            echo $answer();
        }), true);
    };
};

Worker::runAll();
