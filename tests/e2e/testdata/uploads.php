<?php

declare(strict_types=1);

// Forms with files; the worker listens on PORT1 and puts files into UPLOADS.

use Phalanx\Http\Uploads;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

/** A request that notes its end. */
final class Noting extends Request
{
    public static int $ended = 0;

    public function __destruct()
    {
        self::$ended++;
        parent::__destruct();
    }
}

TcpConnection::$defaultMaxPackageSize = 1 << 30;
$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->onWorkerStart = static function (): void {
    Http::uploadTmpDir(getenv('UPLOADS'));
    if (getenv('NOTING')) {
        Http::requestClass(Noting::class);
    }
    if (getenv('MEMORY')) {
        Uploads::memory((int)getenv('MEMORY'));
    }
};
$held = [];
$worker->onMessage = static function (TcpConnection $connection, Request $request) use (&$held): void {
    $files = $request->file() ?? [];
    $walk = static function (array $files) use (&$walk): array {
        if (!isset($files['tmp_name'])) {
            return array_map($walk, $files);
        }
        $name = $files['tmp_name'];
        $stored = $name !== '';
        return [
            'sha1' => $stored ? sha1_file($name) : '', 'mode' => $stored ? decoct(fileperms($name) & 0o777) : '',
            'inside' => dirname($name) === getenv('UPLOADS'), 'tmp_name' => '',
        ] + $files;
    };
    $answer = ['files' => $walk($files + ['none' => []]), 'post' => (object)array_map(
        static fn ($value) => is_string($value) && strlen($value) > 100 ? sha1($value) : $value,
        $request->post()
    ), 'ended' => Noting::$ended];
    switch ($request->path()) {
        case '/raw':
            $answer['raw'] = sha1($request->rawBody());
            $answer['all'] = [strlen($request->rawBuffer()), strlen((string)$request)];
            break;
        case '/move':
            rename($request->file('f')['tmp_name'], getenv('UPLOADS') . '/kept');
            $answer['again'] = $request->file('f')['size'];
            try {
                $request->rawBody();
            } catch (RuntimeException $e) {
                $answer['raw'] = $e->getMessage();
            }
            break;
        case '/hold':
            $held[] = $request;
            break;
        case '/exit':
            $held[] = $request;
            $connection->send('{}');
            exit(3);
        case '/unheard':
            $connection->onMessage = null;
            break;
    }
    $connection->send(json_encode($answer));
};

Worker::runAll();
