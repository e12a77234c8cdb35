<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use Phalanx\Engine;
use RuntimeException;
use Throwable;
use Workerman\Timer;

/**
 * The supervisor: Workerman\Worker in the process that the start command runs. The engine binds the sockets, runs the
 * slots and receives the signals; what they mean, and the callbacks of the master, are here.
 *
 * @internal
 */
trait Master
{
    protected static int $masterPid = 0;

    /** @var array<string, array<int, int>> worker => its slots' process ids, as the engine numbers them */
    protected static array $pidMap = [];

    /** @var array<int, int> process ids of the slots that a reload has not replaced yet */
    protected static array $pidsToRestart = [];

    /** @var array<string, array<int, int>> worker => slot id => process id, 0 while there is none */
    protected static array $idMap = [];

    protected static array $processForWindows = [];

    /** The signal of a reload that came while another ran, 0: none. */
    private static int $reloadNext = 0;

    /** @var list<int> */
    private static array $earlySignals = [];

    /** @var array{start_timestamp: int, worker_exit_info: array<string, array<int, int>>} */
    protected static array $globalStatistics = ['start_timestamp' => 0, 'worker_exit_info' => []];

    protected static function initId(): void
    {
        foreach (static::$workers as $key => $worker) {
            $worker->count = \max($worker->count, 1);
            $ids = [];
            for ($id = 0; $id < $worker->count; $id++) {
                $ids[$id] = static::$idMap[$key][$id] ?? 0;
            }
            static::$idMap[$key] = $ids;
        }
    }

    /** @return int|string|false the slot id of a process id */
    protected static function getId(string $workerId, int $pid): false|int|string
    {
        return \array_search($pid, static::$idMap[$workerId], true);
    }

    /** A port that is taken is reported before anything starts. Sockets that are inherited hold theirs already. */
    protected static function checkPortAvailable(): void
    {
        if (self::$isSuccessor || \getenv('LISTEN_FDS') !== false) {
            return; // the engine finds out
        }
        foreach (static::$workers as $worker) {
            $address = \parse_url($worker->getSocketName());
            if (
                static::$status !== static::STATUS_STARTING || $worker->transport !== 'tcp'
                || !isset($address['host'], $address['port'])
                || \in_array($address['scheme'] ?? '', ['unix', 'udp'], true)
            ) {
                continue;
            }
            \set_error_handler(static function (int $code, string $message): never {
                throw new RuntimeException($message);
            });
            try {
                $server = \stream_socket_server("tcp://{$address['host']}:{$address['port']}");
                \fclose($server);
            } finally {
                \restore_error_handler();
            }
        }
    }

    /** Certificates that cannot be used are better reported here than by workers that start again and again. */
    private static function checkCertificates(): void
    {
        foreach (static::$workers as $worker) {
            $worker->localSocket ??= $worker->parseSocketAddress();
            if ($worker->transport === 'ssl') {
                try {
                    \phalanx_tls_check($worker->sslOptions());
                } catch (RuntimeException $e) {
                    $message = "Worker $worker->name " . $worker->getSocketName() . ": {$e->getMessage()}";
                    if (static::$daemonize) {
                        static::safeEcho("$message\n"); // nobody looks into a daemon's log who believes that it started
                    }
                    throw new RuntimeException($message);
                }
            }
        }
    }

    /** Keeps signals that come before the engine receives them, which phalanx_supervisor_start() begins. */
    protected static function installSignal(): void
    {
        $signals = [
            \SIGINT, \SIGTERM, \SIGHUP, \SIGTSTP, \SIGQUIT, \SIGUSR1, \SIGUSR2, \SIGIOT, \SIGIO, self::upgradeSignal(),
        ];
        foreach ($signals as $signal) {
            \pcntl_signal($signal, static function (int $signal): void {
                self::$earlySignals[] = $signal;
            }, false);
        }
    }

    protected static function saveMasterPid(): void
    {
        static::$masterPid = \posix_getpid();
        if (self::$isSuccessor) {
            return; // the process before this one is still the application's
        }
        if (@\file_put_contents(static::$pidFile, static::$masterPid) === false) {
            $why = \preg_replace('/^.*: /', '', \error_get_last()['message'] ?? 'unknown');
            throw new RuntimeException('can not save pid to ' . static::$pidFile
                . ": $why (Worker::\$pidFile names another file, PHALANX_RUN_DIR another folder)");
        }
    }

    protected static function forkWorkers(): void
    {
        static::forkWorkersForLinux();
    }

    /** Has the engine bind the workers' sockets, before anything is said to have started. */
    private static function listenForAll(): void
    {
        \phalanx_supervisor_listen([
            'script' => self::mainScript(),
            'argv' => \array_values($GLOBALS['argv'] ?? $_SERVER['argv'] ?? []),
        ] + self::settings());
    }

    /**
     * What the engine has to know before it starts workers, and what a reload cannot change.
     *
     * @return array<string, mixed>
     */
    private static function settings(): array
    {
        $workers = [];
        foreach (static::$workers as $worker) {
            $workers[] = $worker->specification();
        }

        return [
            'workers' => $workers,
            'processes' => self::serverProcesses(),
            'stopTimeout' => (float)static::$stopTimeout,
            'gracefulTimeout' => static::$gracefulTimeout,
            'monitor' => self::option('monitor') ?? (static::$monitorAddress ?: (string)\getenv('PHALANX_MONITOR')),
            'stuckTimeout' => \max(static::$stuckTimeout, 0.0),
            'cluster' => static::$cluster ?: (string)\getenv('PHALANX_CLUSTER'),
            'clusterName' => static::$clusterName ?: self::clusterName(),
            'pidFile' => static::$pidFile,
            'logFile' => static::$logFile,
        ];
    }

    /**
     * For "phalanx watch": the script has come this far, so a reload with it will too. Says what it has set, in the
     * file that the environment names, and ends the process.
     */
    private static function endTrial(string $report): never
    {
        foreach (static::$workers as $worker) {
            $worker->count = \max($worker->count, 1);
            $worker->localSocket ??= $worker->parseSocketAddress();
        }
        self::checkCertificates();
        $scanned = \array_map(\trim(...), \explode(',', (string)\php_ini_scanned_files()));
        $ini = \array_values(\array_filter([(string)\php_ini_loaded_file(), ...$scanned], \is_file(...)));
        $settings = self::settings() + ['ini' => \array_map(\md5_file(...), $ini)];
        \file_put_contents($report, \json_encode(
            ['settings' => $settings, 'files' => [...\get_included_files(), ...$ini]],
            \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_INVALID_UTF8_SUBSTITUTE
        ));
        exit(0);
    }

    private static function clusterName(): string
    {
        $name = \basename(self::mainScript(), '.php');

        return \getenv('PHALANX_CLUSTER_NAME') ?: \substr(\preg_replace('/[^A-Za-z0-9_-]/', '_', $name), 0, 64);
    }

    private static function serverProcesses(): int
    {
        $processes = self::option('processes') ?? static::$processes;
        if (!\is_numeric($processes) || (int)$processes < 1 || (int)$processes > 1024) {
            throw new RuntimeException("--processes must be 1 to 1024, $processes given");
        }

        return (int)$processes;
    }

    private static function messageTimeout(?float $own): float
    {
        $seconds = $own ?? self::option('message-timeout') ?? static::$defaultMessageTimeout;
        if (!\is_numeric($seconds)) {
            throw new RuntimeException("--message-timeout must be a number of seconds, $seconds given");
        }

        return \max((float)$seconds, 0.0);
    }

    /** The engine keeps as many slots of each worker running as it should have. */
    protected static function forkWorkersForLinux(): void
    {
        try {
            \phalanx_supervisor_start();
        } catch (Throwable $e) {
            if (!self::$isSuccessor) {
                @\unlink(static::$pidFile);
            }
            throw $e;
        }
    }

    private static function mainScript(): string
    {
        $script = $_SERVER['SCRIPT_FILENAME'] ?? '';

        return \realpath($script) ?: static::$startFile;
    }

    protected static function monitorWorkers(): void
    {
        static::monitorWorkersForLinux();
    }

    protected static function monitorWorkersForLinux(): void
    {
        static::$status = static::STATUS_RUNNING;
        \pcntl_signal_dispatch();
        foreach (self::$earlySignals as $signal) {
            static::signalHandler($signal);
        }
        while (true) {
            $event = \phalanx_supervisor_wait(Timer::pending() ? 1.0 : -1.0);
            Timer::signalHandle();
            switch ($event['type'] ?? '') {
                case 'signal':
                    static::signalHandler($event['signal']);
                    break;
                case 'slot_exit':
                    self::slotExited($event);
                    break;
                case 'slot':
                    self::slotSaid($event['what'], $event['message'] ?? '');
                    break;
                case 'slot_failed':
                    static::log(self::title() . ' a worker cannot start: ' . ($event['message'] ?? ''));
                    break;
                case 'ready':
                case 'reloaded':
                    if ($event['message'] ?? '') {
                        static::log(self::title() . ' reload broken off,'
                            . " the workers not yet replaced keep the old code: $event[message]");
                    }
                    self::reloaded();
                    break;
                case 'server_exit':
                    static::log(self::title() . ' server process ended: ' . ($event['message'] ?? 'unknown reason'));
                    break;
                case 'taken_over':
                    self::takenOver();
                    break;
                case 'upgraded':
                    self::upgraded($event);
                    break;
                case 'successor_exit':
                    self::$successorStatus = $event['status'];
                    if (self::$stopSignal !== 0 && self::$stopSignal !== \SIGQUIT && !self::$drained) {
                        \phalanx_supervisor_stop(false); // connections from before it had as much time as its own
                    }
                    self::endAfterSuccessor();
                    break;
                case 'stopped':
                    if (self::$successor === 0) {
                        static::exitAndClearAll();
                    }
                    self::$drained = true;
                    self::endAfterSuccessor();
            }
        }
    }

    /** The process that has replaced this one, 0: none. */
    private static int $successor = 0;

    /** That process's wait status, once it has ended. */
    private static ?int $successorStatus = null;

    /** The signal by which the application has been told to stop, 0: none. */
    private static int $stopSignal = 0;

    /** The slots here have ended, after the upgrade. */
    private static bool $drained = false;

    private static function upgradeMasterItself(): void
    {
        static::log(self::title() . ' upgrading');
        static::$status = static::STATUS_RELOADING; // reloads wait
        \phalanx_supervisor_upgrade();
    }

    /** This process is the application's now. */
    private static function takenOver(): void
    {
        self::$isSuccessor = false;
        static::saveMasterPid();
        static::log(self::title() . ' has taken over, process ' . static::$masterPid);
    }

    /** @param array{pid: int, message?: string} $event */
    private static function upgraded(array $event): void
    {
        $reason = $event['message'] ?? '';
        if ($reason !== '') {
            static::log(self::title() . " upgrade failed, this process goes on: $reason");
            if (\is_file(self::upgradeFile())) {
                \file_put_contents(self::upgradeFile(), $reason);
            }
            if (static::$status === static::STATUS_RELOADING) {
                self::reloaded();
            }
            return;
        }
        self::$successor = $event['pid'];
        static::$status = static::STATUS_SHUTDOWN;
        static::log(self::title() . " process $event[pid] has taken over, letting connections end");
        $missed = self::$stopSignal ?: self::$reloadNext; // what came since the other one took over was meant for it
        if ($missed) {
            \posix_kill(self::$successor, $missed);
        }
    }

    /**
     * Who started this process in the foreground watches it: it stays until its successor ends, and passes signals on.
     * systemd has been told of the successor, and so has our own process 1; nobody watches a daemon.
     */
    private static function endAfterSuccessor(): void
    {
        $isWatched = !static::$daemonize && \getenv('NOTIFY_SOCKET') === false && \getenv('PHALANX_INIT') === false;
        if (!self::$drained || ($isWatched && self::$successorStatus === null)) {
            return;
        }
        $status = self::$successorStatus ?? 0;
        exit(\pcntl_wifsignaled($status) ? 128 + \pcntl_wtermsig($status) : \pcntl_wexitstatus($status));
    }

    private static function title(): string
    {
        return 'Workerman[' . \basename(static::$startFile) . ']';
    }

    /** @param array{worker: int, id: int, status: int, pid: int} $event */
    private static function slotExited(array $event): void
    {
        $key = \array_keys(static::$workers)[$event['worker']];
        $worker = static::$workers[$key];
        ['status' => $status, 'pid' => $pid] = $event;
        if ($status !== 0) {
            static::log("worker[$worker->name:$pid] exit with status $status");
        }
        if (static::$onWorkerExit) {
            try {
                (static::$onWorkerExit)($worker, $status, $pid);
            } catch (Throwable $e) {
                static::log("worker[$worker->name] onWorkerExit $e");
            }
        }
        static::$globalStatistics['worker_exit_info'][$key][$status] ??= 0;
        ++static::$globalStatistics['worker_exit_info'][$key][$status];

        unset(static::$pidMap[$key][$pid], static::$pidsToRestart[$pid]);
        $id = static::getId($key, $pid);
        if ($id !== false) {
            static::$idMap[$key][$id] = 0;
        }
    }

    /** What slots cannot do themselves, as they may run as other users: write into the supervisor's files. */
    private static function slotSaid(string $what, string $message): void
    {
        match ($what) {
            'log' => self::appendToLog($message),
            'stuck' => static::log($message),
            'connections' => \file_put_contents(static::$connectionsFile, $message, \FILE_APPEND),
            default => null,
        };
    }

    /** A reload is over when the last slot's replacement is at work; a new server process has fresh slots anyway. */
    private static function reloaded(): void
    {
        static::$pidsToRestart = [];
        if (static::$status === static::STATUS_RELOADING) {
            static::$status = static::STATUS_RUNNING;
            $next = self::$reloadNext;
            self::$reloadNext = 0;
            static::signalHandler($next);
        }
    }

    /** @return array<int, int> process ids of all slots */
    protected static function getAllWorkerPids(): array
    {
        $keys = \array_keys(static::$workers);
        static::$pidMap = \array_fill_keys($keys, []);
        foreach (\phalanx_supervisor_status()['slots'] as $slot) {
            $key = $keys[$slot['worker']];
            $pid = $slot['pid'] ?? 0;
            if ($pid) {
                static::$pidMap[$key][$pid] = $pid;
                static::$idMap[$key][$slot['id']] = $pid;
            }
        }
        $pids = \array_merge(...\array_values(static::$pidMap), ...[[]]);

        return \array_combine($pids, $pids);
    }

    /** Upstream signals its children; here slots that are gone are reported. */
    protected static function checkIfChildRunning(): void
    {
        static::getAllWorkerPids();
    }

    protected static function signalHandler(int $signal): void
    {
        $stops = \in_array($signal, [\SIGINT, \SIGTERM, \SIGHUP, \SIGTSTP, \SIGQUIT], true);
        if ($stops) {
            self::$stopSignal = $signal;
        }
        if (self::$successor !== 0) {
            if (self::$successorStatus === null) {
                \posix_kill(self::$successor, $signal);
            } elseif ($stops) {
                \phalanx_supervisor_stop(false);
            }
            return;
        }
        switch ($signal) {
            case \SIGTERM:
                if (static::$drainDelay > 0 && self::isMaster() && static::$status !== static::STATUS_SHUTDOWN) {
                    self::drainMaster();
                    break;
                }
                // no break
            case \SIGINT:
            case \SIGHUP:
            case \SIGTSTP:
                static::$gracefulStop = false;
                static::stopAll(0, 'received signal ' . static::getSignalName($signal));
                break;
            case \SIGQUIT:
                static::$gracefulStop = true;
                static::stopAll(0, 'received signal ' . static::getSignalName($signal));
                break;
            case \SIGUSR1:
            case \SIGUSR2:
                if (static::$status === static::STATUS_RELOADING) {
                    self::$reloadNext = $signal; // what it is to load may have come after this one's scripts
                } elseif (static::$status !== static::STATUS_SHUTDOWN) {
                    static::$gracefulStop = $signal === \SIGUSR2;
                    static::$pidsToRestart = static::getAllWorkerPids();
                    static::reload();
                }
                break;
            case self::upgradeSignal():
                if (static::$status === static::STATUS_RUNNING) {
                    self::upgradeMasterItself();
                } elseif (\is_file(self::upgradeFile())) {
                    \file_put_contents(self::upgradeFile(), 'it is starting, reloading or stopping: try again');
                } elseif (static::$status === static::STATUS_RELOADING) {
                    self::$reloadNext = $signal; // nobody waits to hear that it cannot be done now
                }
                break;
            case \SIGIOT:
                static::writeStatisticsToStatusFile();
                break;
            case \SIGIO:
                static::writeConnectionsStatisticsToStatusFile();
                break;
        }
    }

    protected static function getSignalName(int $signal): string
    {
        return match ($signal) {
            \SIGINT => 'SIGINT',
            \SIGTERM => 'SIGTERM',
            \SIGHUP => 'SIGHUP',
            \SIGTSTP => 'SIGTSTP',
            \SIGQUIT => 'SIGQUIT',
            \SIGUSR1 => 'SIGUSR1',
            \SIGUSR2 => 'SIGUSR2',
            \SIGIOT => 'SIGIOT',
            \SIGIO => 'SIGIO',
            default => (string)$signal,
        };
    }

    private static function reloadMaster(): void
    {
        static::log(self::title() . ' reloading');
        static::$status = static::STATUS_RELOADING;
        static::resetStd();
        if (static::$onMasterReload) {
            try {
                (static::$onMasterReload)();
            } catch (Throwable $e) {
                static::stopAll(250, $e);
                return;
            }
            static::initId();
        }
        foreach (static::$pidMap as $key => $pids) {
            if (!static::$workers[$key]->reloadable) {
                static::$pidsToRestart = \array_diff_key(static::$pidsToRestart, $pids);
            }
        }
        \phalanx_supervisor_reload(static::$gracefulStop);
    }

    private static function drainMaster(): void
    {
        static::$status = static::STATUS_SHUTDOWN;
        $delay = static::$drainDelay;
        static::log(self::title() . " received signal SIGTERM, not ready any more, stopping in $delay seconds");
        \phalanx_supervisor_drain((float)$delay);
    }

    private static function stopMasterAndWorkers(int $code, mixed $log): void
    {
        if ($log) {
            static::log(self::title() . " $log");
        }
        static::log(self::title() . ' stopping' . ($code ? ", code [$code]" : ''));
        \phalanx_supervisor_stop(static::$gracefulStop);
    }

    protected static function exitAndClearAll(): void
    {
        \clearstatcache();
        $inherited = \phalanx_supervisor_status()['inherited'];
        foreach (\array_values(static::$workers) as $i => $worker) {
            $path = \explode('://', $worker->getSocketName(), 2)[1] ?? '';
            if ($worker->transport === 'unix' && !\in_array($i, $inherited, true) && \file_exists($path)) {
                @\unlink($path);
            }
        }
        if (\file_exists(static::$pidFile)) {
            @\unlink(static::$pidFile);
        }
        static::log(self::title() . ' has been stopped');
        if (static::$onMasterStop) {
            (static::$onMasterStop)();
        }
        exit(0);
    }

    protected static function writeStatisticsToStatusFile(): void
    {
        if (\is_file(self::stacksFile())) {
            self::writeStacks();
        }
        $pids = static::getAllWorkerPids();
        $keys = \array_keys(static::$workers);
        $width = \max(8, static::getUiColumnLength('maxWorkerNameLength'));
        $table = new StatusTable(\max(8, static::getUiColumnLength('maxSocketNameLength')), $width);
        $slots = [];
        $rows = '';
        $status = \phalanx_supervisor_status();
        foreach ($status['slots'] as $slot) {
            $worker = static::$workers[$keys[$slot['worker']]];
            if (!$slot['pid']) {
                continue; // between two scripts
            }
            $slots[$slot['pid']] = ['name' => $worker->name, 'listen' => $worker->getSocketName()];
            if ($slot['busy_for'] > 1.0) {
                continue; // as with Workerman, one that does not come to its loop in time has no row
            }
            $rows .= $table->row(
                $slot['pid'],
                \round(($slot['memory'] ?? 0) / 1048576, 2) . 'M',
                $worker->getSocketName(),
                $worker->name,
                $slot['connections'] ?? 0,
                $slot['send_fail'] ?? 0,
                $slot['timers'] ?? 0,
                $slot['messages'] ?? 0
            ) . "\n";
        }

        if (\is_file(self::jsonStatusFile())) {
            self::writeStatusAsJson($status);
        }

        $started = static::$globalStatistics['start_timestamp'];
        $days = \intdiv(\time() - $started, 86400);
        $hours = \intdiv((\time() - $started) % 86400, 3600);
        $load = \array_map(static fn (float $value): float => \round($value, 2), \sys_getloadavg() ?: []);
        $text = \serialize($slots) . "\n"
            . 'Start worker in ' . (static::$daemonize ? 'DAEMON' : 'DEBUG') . " mode.\n"
            . StatusTable::title('GLOBAL STATUS')
            . static::getVersionLine()
            . 'start time:' . \date('Y-m-d H:i:s', $started) . "   run $days days $hours hours   "
            . 'load average: ' . \implode(', ', $load) . "\n"
            . \count(static::$workers) . ' workers    ' . \count($pids) . " processes\n"
            . \str_pad('name', $width) . "     event-loop     exit_status     exit_count\n";
        foreach (static::$workers as $key => $worker) {
            foreach (static::$globalStatistics['worker_exit_info'][$key] ?? [0 => 0] as $status => $count) {
                $text .= \str_pad($worker->name, $width) . '     '
                    . \str_pad($worker->context->eventLoopName, 14) . ' '
                    . \str_pad((string)$status, 16) . \str_pad((string)$count, 16) . "\n";
            }
        }

        \file_put_contents(static::$statisticsFile, $text . $table->heading() . $rows);
        \chmod(static::$statisticsFile, 0644);
    }

    private static function writeStacks(): void
    {
        $text = '';
        foreach (\phalanx_supervisor_status(true)['slots'] as $slot) {
            $does = match (true) {
                !$slot['serving'] => 'is between two scripts',
                $slot['busy_for'] > 0 => \sprintf('in a callback for %.3f s', $slot['busy_for']),
                default => 'waits for something to do',
            };
            $text .= "worker[$slot[name]:$slot[pid]] slot $slot[id] $does\n";
            foreach (\explode("\n", \rtrim($slot['stack'] ?? '')) as $line) {
                $text .= $line === '' ? '' : "    $line\n";
            }
        }
        self::replaceFile(self::stacksFile(), $text);
    }

    private static function replaceFile(string $file, string $text): void
    {
        \file_put_contents("$file.new", $text);
        \chmod("$file.new", 0644);
        \rename("$file.new", $file);
    }

    /**
     * For programs; docs/metrics.md has the schema.
     *
     * @param array<string, mixed> $status
     */
    private static function writeStatusAsJson(array $status): void
    {
        $workers = [];
        foreach (static::$workers as $key => $worker) {
            $workers[] = [
                'name' => $worker->name,
                'listen' => $worker->getSocketName(),
                'transport' => $worker->transport,
                'user' => $worker->user,
                'count' => $worker->count,
                'reloadable' => $worker->reloadable,
                'event_loop' => $worker->context->eventLoopName,
                'exits' => (object)(static::$globalStatistics['worker_exit_info'][$key] ?? []),
            ];
        }
        $json = \json_encode([
            'schema' => 1,
            'running' => true,
            'state' => $status['state'],
            'pid' => $status['pid'],
            'script' => static::$startFile,
            'daemon' => static::$daemonize,
            'started' => $status['started'],
            'now' => \microtime(true),
            'versions' => ['phalanx' => Engine::version(), 'workerman' => static::VERSION, 'php' => \PHP_VERSION],
            'reloads' => $status['reloads'],
            'reloads_failed' => $status['reloads_failed'],
            'workers' => $workers,
            'servers' => $status['servers'],
            'slots' => $status['slots'],
        ], \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES | \JSON_INVALID_UTF8_SUBSTITUTE);
        self::replaceFile(self::jsonStatusFile(), "$json\n");
    }

    protected static function writeConnectionsStatisticsToStatusFile(): void
    {
        if (\phalanx_role() === 'slot') {
            self::writeConnectionRows();
            return;
        }
        // A file of somebody else's making, or a link, is not written to.
        if (\is_link(static::$connectionsFile) || \is_file(static::$connectionsFile)) {
            \unlink(static::$connectionsFile);
        }
        \file_put_contents(
            static::$connectionsFile,
            \str_pad(\str_repeat('-', 69) . ' WORKERMAN CONNECTION STATUS ', 178, '-') . "\n"
            . 'PID      Worker          CID       Trans   Protocol        ipv4   ipv6   Recv-Q       Send-Q'
            . "       Bytes-R      Bytes-W       Status         Local Address          Foreign Address\n"
        );
        \chmod(static::$connectionsFile, 0644);
        \phalanx_supervisor_ask('connections');
    }
}
