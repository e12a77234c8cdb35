<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use RuntimeException;

/**
 * The command line of a start script: start, stop, restart, reload, status, connections, stacks.
 *
 * @internal
 */
trait Commands
{
    /** Set for the process that `start -d` leaves running; it has been told to start already. */
    private const DAEMON_MARK = 'PHALANX_DAEMON';

    /** Set for the process that is to replace its parent, a supervisor; the engine has looked whether that is so. */
    private const UPGRADE_MARK = 'PHALANX_UPGRADE';

    /** Seconds that the upgrade command waits for its end. */
    private const UPGRADE_PATIENCE = 150;

    /** Whether this process is to replace another supervisor, until it has. */
    private static bool $isSuccessor = false;

    /** What this process was started with, each argument ended by NUL. */
    private static string $commandLine = '';

    /** @return list<string> the script's arguments, and those in $command */
    public static function getArgv(): array
    {
        $argv = $GLOBALS['argv'] ?? $_SERVER['argv'] ?? [];

        return static::$command !== '' ? [...$argv, ...\explode(' ', static::$command)] : $argv;
    }

    /** @return array{string, string} the first command and the first mode, '' for none */
    private static function commandAndMode(): array
    {
        $find = static fn (array $known): string => \array_values(\array_intersect(static::getArgv(), $known))[0] ?? '';

        $commands = ['start', 'stop', 'restart', 'reload', 'upgrade', 'status', 'connections', 'stacks'];

        return [$find($commands), $find(['-d', '-g'])];
    }

    /** The value of --NAME=VALUE, the last one given; null without one. */
    private static function option(string $name): ?string
    {
        $value = null;
        foreach (static::getArgv() as $argument) {
            if (\str_starts_with($argument, "--$name=")) {
                $value = \substr($argument, \strlen($name) + 3);
            }
        }

        return $value;
    }

    /** Runs the command; comes back when this process is to start the workers. */
    protected static function parseCommand(): void
    {
        if (\getenv(self::DAEMON_MARK) !== false) {
            static::$daemonize = true;
            return;
        }
        if (\getenv(self::UPGRADE_MARK) !== false) {
            \putenv(self::UPGRADE_MARK); // not for the processes this one starts
            unset($_SERVER[self::UPGRADE_MARK], $_ENV[self::UPGRADE_MARK]);
            self::$isSuccessor = true;
            static::$daemonize = static::$daemonize || self::commandAndMode()[1] === '-d';
            return;
        }
        [$command, $mode] = self::commandAndMode();
        if ($command === '') {
            exit(self::usage());
        }
        $name = 'Workerman[' . \basename(static::$startFile) . ']';
        $how = '';
        if ($command === 'start') {
            $how = $mode === '-d' || static::$daemonize ? 'in DAEMON mode' : 'in DEBUG mode';
        }
        $masterPid = \is_file(static::$pidFile) ? (int)\file_get_contents(static::$pidFile) : 0;
        if ($command === 'status' && \in_array('--json', static::getArgv(), true)) {
            exit(self::showStatusAsJson($masterPid)); // a program asks: nothing else is printed or logged
        }
        static::log("$name $command $how");
        $alive = static::checkMasterIsAlive($masterPid);
        if ($alive && $command === 'start') {
            static::log("$name already running");
            exit;
        }
        if (!$alive && $command !== 'start' && $command !== 'restart') {
            static::log("$name not run");
            exit;
        }

        match ($command) {
            'stop', 'restart' => self::stopMaster($alive ? $masterPid : 0, $mode === '-g'),
            'reload' => \posix_kill($masterPid, $mode === '-g' ? \SIGUSR2 : \SIGUSR1),
            'upgrade' => exit(self::upgradeMaster($masterPid)),
            'status' => self::showStatus($masterPid, $mode === '-d'),
            'connections' => self::showConnections($masterPid),
            'stacks' => self::showStacks($masterPid),
            'start' => null,
        };
        if ($command !== 'start' && $command !== 'restart') {
            exit(0);
        }
        if ($mode === '-d') {
            static::$daemonize = true;
        }
    }

    private static function usage(): string
    {
        return <<<'TEXT'
            Usage: phalanx FILE.php COMMAND [MODE]
            Commands:
            start           Start the workers, in the foreground.
                            Mode -d starts them as a daemon.
            stop            Stop the workers.
                            Mode -g waits for their connections to end.
            restart         Stop, then start.
                            Modes -d and -g as above.
            reload          Replace the workers one by one, with fresh code.
                            Mode -g waits for their connections to end.
            upgrade         Let the binary that is installed now take over, without
                            refusing a connection.
            status          Show the workers.
                            Mode -d repeats it every second.
                            With --json: for programs, see docs/metrics.md.
            connections     Show the connections.
            stacks          Show which functions each worker is in.
            Options:
            --processes=N   start: divide the workers among N server processes.
            --monitor=HOST:PORT
                            start: answer /live, /ready and /metrics there.
            --message-timeout=SECONDS
                            start: a callback that takes longer ends its worker slot.
            -q              start: without the table.

            TEXT;
    }

    /** Seconds on a clock that nobody sets, for durations. */
    private static function now(): float
    {
        return \hrtime(true) / 1e9;
    }

    /** Asks the running supervisor to stop and waits for its end. */
    private static function stopMaster(int $pid, bool $graceful): void
    {
        $name = 'Workerman[' . \basename(static::$startFile) . ']';
        static::$gracefulStop = $graceful;
        static::log($name . ($graceful ? ' is gracefully stopping ...' : ' is stopping ...'));
        if ($pid) {
            \posix_kill($pid, $graceful ? \SIGQUIT : \SIGINT);
        }
        $deadline = self::now() + static::$stopTimeout + 3;
        while ($pid && \posix_kill($pid, 0)) {
            if (!$graceful && self::now() >= $deadline) {
                static::log("$name stop fail");
                exit;
            }
            \usleep(10_000);
        }
        static::log("$name stop success");
    }

    /**
     * Has the running supervisor replaced by the binary that now lies where its own lay.
     *
     * @return int the exit status: 1 when the old one goes on, 2 when nothing is known after a while
     */
    private static function upgradeMaster(int $pid): int
    {
        $name = 'Workerman[' . \basename(static::$startFile) . ']';
        $file = self::upgradeFile();
        \file_put_contents($file, ''); // asks for the outcome
        self::removeAtExit($file);
        \posix_kill($pid, self::upgradeSignal());
        for ($deadline = \time() + self::UPGRADE_PATIENCE; \time() < $deadline; \usleep(10_000)) {
            $reason = (string)@\file_get_contents($file);
            if ($reason !== '') {
                static::log("$name upgrade failed, the old process goes on: $reason");
                return 1;
            }
            $now = (int)@\file_get_contents(static::$pidFile);
            if ($now !== 0 && $now !== $pid && \posix_kill($now, 0)) {
                static::log("$name upgrade success, process $now");
                return 0;
            }
            if ($now === $pid && !\posix_kill($pid, 0)) {
                static::log("$name process $pid has ended");
                return 2;
            }
        }
        static::log("$name upgrade: process $pid does not answer");

        return 2;
    }

    /** One that no terminal, container or service manager sends for reasons of its own. */
    private static function upgradeSignal(): int
    {
        return \SIGRTMIN + 1;
    }

    private static function upgradeFile(): string
    {
        return static::$statisticsFile . '.upgrade';
    }

    protected static function checkMasterIsAlive(int $masterPid): bool
    {
        if (!$masterPid) {
            return false;
        }
        if ($masterPid === \posix_getpid() || !\posix_kill($masterPid, 0)) {
            static::log("Master pid:$masterPid is not alive");
            return false;
        }
        // The number may belong to another program by now.
        $file = "/proc/$masterPid/cmdline";
        $line = \is_readable($file) ? (string)\file_get_contents($file) : '';

        return $line === '' || \preg_match('/WorkerMan|php|phalanx/', $line) === 1;
    }

    /**
     * Leaves this process for one in the background. A process with threads cannot fork itself, so the command line
     * is run once more, by a shell that does not wait for it.
     */
    protected static function daemonize(): void
    {
        if (!static::$daemonize || self::$isSuccessor) {
            return; // a successor lives where the process before it did
        }
        if (\getenv(self::DAEMON_MARK) !== false) {
            \putenv(self::DAEMON_MARK); // not for the processes this one starts
            unset($_SERVER[self::DAEMON_MARK], $_ENV[self::DAEMON_MARK]);
            \umask(0);
            if (\posix_setsid() === -1) {
                throw new RuntimeException('Setsid fail');
            }
            return;
        }
        $arguments = \explode("\0", \rtrim(self::$commandLine, "\0"));
        if (!\str_starts_with($arguments[0], '/')) {
            $arguments[0] = \PHP_BINARY; // the working directory may be another by now
        }
        $shell = \proc_open(
            ['/bin/sh', '-c', '"$@" </dev/null &', 'sh', ...$arguments],
            [], // handing over STDOUT would move its file's position to where this process began
            $pipes,
            null,
            [self::DAEMON_MARK => '1'] + \getenv()
        );
        if (!\is_resource($shell) || \proc_close($shell) !== 0) {
            throw new RuntimeException('Daemonize fail');
        }
        exit(0);
    }

    /** Keeps two starts from getting in each other's way. */
    protected static function lock(int $flag = \LOCK_EX): void
    {
        static $handle;
        $file = static::$pidFile . '.lock';
        $handle = $handle ?: @\fopen($file, 'a+e'); // why not is what saving the pid will say
        if (!$handle) {
            return;
        }
        \flock($handle, $flag);
        if ($flag === \LOCK_UN) {
            \fclose($handle);
            $handle = null;
            \clearstatcache();
            if (\is_file($file)) {
                \unlink($file);
            }
        }
    }

    private static function removeAtExit(string $file): void
    {
        \register_shutdown_function(static fn () => \is_file($file) && \unlink($file));
    }

    private static function showStatus(int $masterPid, bool $live): void
    {
        self::removeAtExit(static::$statisticsFile);
        do {
            \posix_kill($masterPid, \SIGIOT);
            \sleep(1);
            if ($live) {
                static::safeEcho("\33[H\33[2J\33(B\33[m");
            }
            static::safeEcho(static::formatProcessStatusData());
            if ($live) {
                static::safeEcho("\nPress Ctrl+C to quit.\n\n");
            }
        } while ($live);
    }

    /** @return int the exit status: 1 when nothing runs, 2 when it does not answer */
    private static function showStatusAsJson(int $masterPid): int
    {
        if (!$masterPid || !\posix_kill($masterPid, 0)) {
            echo \json_encode(['schema' => 1, 'running' => false]), "\n";
            return 1;
        }
        $text = self::askForFile(self::jsonStatusFile(), $masterPid);
        if ($text === null) {
            \fwrite(\STDERR, "Process $masterPid does not answer\n");
            return 2;
        }
        echo $text;

        return 0;
    }

    /** Has the supervisor fill a file; null when it does not within five seconds. */
    private static function askForFile(string $file, int $masterPid): ?string
    {
        \touch($file); // asks for it
        self::removeAtExit($file);
        self::removeAtExit(static::$statisticsFile);
        \posix_kill($masterPid, \SIGIOT);
        for ($deadline = self::now() + 5; self::now() < $deadline; \usleep(10_000)) {
            \clearstatcache(true, $file);
            if (\is_file($file) && \filesize($file) > 0) {
                return (string)\file_get_contents($file);
            }
        }

        return null;
    }

    private static function showStacks(int $masterPid): void
    {
        static::safeEcho(self::askForFile(self::stacksFile(), $masterPid) ?? "Process $masterPid does not answer\n");
    }

    private static function stacksFile(): string
    {
        return static::$statisticsFile . '.stacks';
    }

    private static function jsonStatusFile(): string
    {
        return static::$statisticsFile . '.json';
    }

    private static function showConnections(int $masterPid): void
    {
        self::removeAtExit(static::$connectionsFile);
        \posix_kill($masterPid, \SIGIO);
        \usleep(500_000);
        static::safeEcho(static::formatConnectionStatusData());
    }

    /** The status file, completed. */
    protected static function formatProcessStatusData(): string
    {
        static $before = [];
        $file = static::$statisticsFile;
        $lines = \is_readable($file) ? \file($file, \FILE_IGNORE_NEW_LINES) : [];
        if (!$lines) {
            return '';
        }
        $slots = @\unserialize(\array_shift($lines), ['allowed_classes' => false]);
        $slots = \is_array($slots) ? $slots : [];
        \ksort($slots, \SORT_NUMERIC);

        return StatusTable::complete($slots, $lines, $before);
    }

    protected static function formatConnectionStatusData(): string
    {
        return \is_readable(static::$connectionsFile) ? (string)\file_get_contents(static::$connectionsFile) : '';
    }

    /** @return list<string> */
    public static function getStartFilesForWindows(): array
    {
        return \array_filter(\array_combine(static::getArgv(), static::getArgv()), \is_file(...));
    }

    public static function forkOneWorkerForWindows(string $startFile): void
    {
        throw new RuntimeException('Phalanx does not run on Windows');
    }

    protected static function forkWorkersForWindows(): void
    {
        throw new RuntimeException('Phalanx does not run on Windows');
    }

    protected static function checkWorkerStatusForWindows(): void
    {
        throw new RuntimeException('Phalanx does not run on Windows');
    }

    protected static function monitorWorkersForWindows(): void
    {
        throw new RuntimeException('Phalanx does not run on Windows');
    }
}
