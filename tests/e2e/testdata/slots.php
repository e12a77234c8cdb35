<?php

declare(strict_types=1);

// What the environment of a slot is like; two workers, of two slots and of one.

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

final class Counter
{
    public static int $n = 0;
}

opcache_reset(); // does no harm: neither here nor in a callback

$web = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$web->name = 'web';
$web->count = 2;
$web->onWorkerStart = static function (Worker $worker): void {
    fwrite(STDOUT, "started $worker->name $worker->id\n");
    fwrite(STDERR, "error stream of $worker->name $worker->id\n");
};
$web->onMessage = static function (TcpConnection $connection, Request $request) use ($web): void {
    switch ($request->path()) {
        case '/environment':
            $answer = [
                'sapi' => [PHP_SAPI, php_sapi_name()], 'argv' => $GLOBALS['argv'], 'server_argv' => $_SERVER['argv'],
                'argc' => $_SERVER['argc'], 'streams' => array_map('is_resource', [STDIN, STDOUT, STDERR]),
                'binary' => PHP_BINARY, 'cwd' => getcwd(),
                'max_execution_time' => ini_get('max_execution_time'), 'memory_limit' => ini_get('memory_limit'),
                'zts' => (bool)PHP_ZTS, 'os' => PHP_OS_FAMILY, 'script' => $_SERVER['SCRIPT_FILENAME'] ?? null,
                'html_errors' => (bool)ini_get('html_errors'),
                'inherited' => getenv('E2E_INHERITED'), 'included' => basename(get_included_files()[0]),
            ];
            break;
        case '/opcache':
            $status = opcache_get_status(false);
            $answer = [
                'enabled' => $status['opcache_enabled'] ?? false, 'jit' => $status['jit']['enabled'] ?? false,
                'on' => $status['jit']['on'] ?? false, 'reset' => opcache_reset(),
            ];
            break;
        case '/pcntl':
            $warnings = [];
            set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
                $warnings[] = $message;
                return true;
            });
            try {
                $fork = pcntl_fork();
            } catch (Throwable $e) {
                $fork = get_class($e) . ': ' . $e->getMessage();
            }
            try {
                $signal = pcntl_signal(SIGUSR1, static fn () => null);
            } catch (Throwable $e) {
                $signal = get_class($e) . ': ' . $e->getMessage();
            }
            restore_error_handler();
            $answer = ['fork' => $fork, 'signal' => $signal, 'warnings' => $warnings];
            break;
        case '/children':
            $process = proc_open(
                ['sh', '-c', 'ls -l /proc/self/fd; grep Sig /proc/self/status'],
                [1 => ['pipe', 'w']],
                $pipes
            );
            $answer = [
                'exec' => shell_exec('ls -l /proc/self/fd; grep Sig /proc/self/status'),
                'proc_open' => stream_get_contents($pipes[1]),
            ];
            proc_close($process);
            break;
        case '/inherited':
            $name = tempnam(sys_get_temp_dir(), 'phx');
            $locked = fopen($name, 'c+');
            flock($locked, LOCK_EX);
            $open = [
                stream_socket_server('tcp://127.0.0.1:0'),
                stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0),
                tmpfile(),
            ];
            $given = tmpfile();
            fwrite($given, 'given');
            rewind($given);
            $process = proc_open(
                ['sh', '-c', 'ls -l /proc/$$/fd; cat <&7; echo; exec sleep 100'],
                [1 => ['pipe', 'w'], 7 => $given],
                $pipes
            );
            for ($fds = ''; !str_contains($fds, "given\n") && ($line = fgets($pipes[1])) !== false;) {
                $fds .= $line;
            }
            fclose($locked);
            $again = fopen($name, 'c+');
            $answer = ['fds' => $fds, 'free' => flock($again, LOCK_EX | LOCK_NB)];
            proc_terminate($process, SIGKILL);
            proc_close($process);
            unlink($name);
            unset($open);
            break;
        case '/count':
            $answer = ['id' => $web->id, 'count' => ++Counter::$n];
            break;
        case '/exit':
            exit(5);
        case '/memory':
            $all = [];
            while (true) { // the limit ends this
                $all[] = str_repeat('x', 1 << 20);
            }
        default:
            $answer = ['id' => $web->id, 'pid' => posix_getpid()];
    }
    $connection->send(json_encode($answer));
};

$text = new Worker('text://127.0.0.1:' . getenv('PORT2'));
$text->name = 'text';
$text->onWorkerStart = static fn (Worker $worker) => print("started $worker->name $worker->id\n");
$text->onMessage = static fn (TcpConnection $connection) => $connection->send("$text->name $text->id");

Worker::$pidFile = __DIR__ . '/my.pid';
Worker::$onWorkerExit = static fn (Worker $w, $status) => print("exit of $w->name with $status\n");
Worker::runAll();
