<?php

declare(strict_types=1);

namespace Phalanx\Worker;

use DateTimeImmutable;
use RuntimeException;
use Stringable;
use Throwable;

/**
 * What Workerman\Worker prints and logs.
 *
 * @internal
 */
trait Output
{
    /** Longest values of the start table's columns, by 'max' . Column . 'NameLength'. */
    protected static array $uiLengthData = [];

    /** Whether $outputStream shows colours. */
    protected static bool $outputDecorated;

    protected static function initStdOut(): void
    {
        $default = static fn () => \defined('STDOUT') ? \STDOUT : \fopen('php://stdout', 'w');
        static::$outputStream ??= $default();
        if (!\is_resource(self::$outputStream) || \get_resource_type(self::$outputStream) !== 'stream') {
            $type = \get_debug_type(self::$outputStream);
            static::$outputStream = $default();
            throw new RuntimeException("The \$outputStream must to be a stream, $type given");
        }
        static::$outputDecorated ??= self::hasColorSupport();
    }

    /** See no-color.org. */
    private static function hasColorSupport(): bool
    {
        return \getenv('NO_COLOR') === false
            && (\getenv('TERM_PROGRAM') === 'Hyper' || \stream_isatty(self::$outputStream));
    }

    /**
     * Prints. The tags <n> (replaces the line above), <w> (white) and <g> (green) become colours where $decorated and
     * the terminal allow, and vanish elsewhere.
     */
    public static function safeEcho(string $msg, bool $decorated = false): void
    {
        $codes = ($decorated && (static::$outputDecorated ?? false))
            ? ["\033[1A\n\033[K", "\033[47;30m", "\033[32;40m", "\033[0m", "\033[0m", "\033[0m"]
            : '';
        $msg = \str_replace(['<n>', '<w>', '<g>', '</n>', '</w>', '</g>'], $codes, $msg);
        if (!\is_resource(self::$outputStream)) {
            echo $msg; // before runAll()
            return;
        }
        // A reader that has gone away must not disturb the server.
        \set_error_handler(static fn (): bool => true);
        \fwrite(self::$outputStream, $msg);
        \fflush(self::$outputStream);
        \restore_error_handler();
    }

    /** Prints, unless daemonized, and appends to $logFile. */
    public static function log(Stringable|string $msg, bool $decorated = false): void
    {
        $level = $msg instanceof Throwable ? 'error' : 'info';
        $msg = \trim((string)$msg);
        if (static::$daemonize) {
            // prints nothing
        } elseif (self::logsJson()) {
            static::safeEcho(self::jsonLine($level, $msg));
        } else {
            static::safeEcho("$msg\n", $decorated);
        }
        static::logQuietly($msg);
    }

    private static function logsJson(): bool
    {
        return \getenv('PHALANX_LOG_FORMAT') === 'json';
    }

    /** As the engine's own messages are (bridge/cmd/logformat.go). */
    private static function jsonLine(string $level, string $message): string
    {
        return \json_encode(
            ['time' => (new DateTimeImmutable())->format('Y-m-d\TH:i:s.uP'), 'level' => $level, 'message' => $message],
            \JSON_UNESCAPED_SLASHES | \JSON_UNESCAPED_UNICODE | \JSON_INVALID_UTF8_SUBSTITUTE
        ) . "\n";
    }

    /**
     * Appends to $logFile alone.
     *
     * @internal
     */
    public static function logQuietly(string $msg): void
    {
        if (static::$logFile === '') {
            return; // before runAll()
        }
        $line = \sprintf("%s pid:%d %s\n", \date('Y-m-d H:i:s'), \posix_getpid(), $msg);
        if (\phalanx_role() === 'slot' && !\is_writable(static::$logFile)) {
            \phalanx_slot_tell('log', $line); // this process's user is not the supervisor's
        } else {
            self::appendToLog($line);
        }
    }

    private static function appendToLog(string $line): void
    {
        $log = \fopen(static::$logFile, 'ae'); // e: what is started meanwhile does not keep it
        if ($log && \flock($log, \LOCK_EX)) {
            \fwrite($log, $line);
            \flock($log, \LOCK_UN);
            \fclose($log);
        }
        \clearstatcache(true, static::$logFile);
        $size = static::$logFileMaxSize > 0 && \is_file(static::$logFile) ? (int)\filesize(static::$logFile) : 0;
        if ($size > static::$logFileMaxSize) {
            self::halveLog($size);
        }
    }

    /** Keeps the newer half of the log, from a line's beginning. */
    private static function halveLog(int $size): void
    {
        $log = \fopen(static::$logFile, 'r+e');
        if (!$log || !\flock($log, \LOCK_EX)) {
            return;
        }
        \fseek($log, \intdiv($size, 2));
        \fgets($log);
        $newer = \stream_get_contents($log);
        \rewind($log);
        \ftruncate($log, 0);
        \fwrite($log, $newer);
        \flock($log, \LOCK_UN);
        \fclose($log);
    }

    protected static function getErrorType(int $type): string
    {
        return self::ERROR_TYPE[$type] ?? '';
    }

    protected static function displayUI(): void
    {
        if (\in_array('-q', static::getArgv(), true)) {
            return;
        }
        if (self::logsJson() && !static::$daemonize) {
            static::safeEcho(self::jsonLine('info', 'Workerman[' . \basename(static::$startFile) . '] started'));
            return;
        }
        $version = static::getVersionLine();
        \defined('LINE_VERSION_LENGTH') || \define('LINE_VERSION_LENGTH', \strlen($version));
        $length = static::getSingleLineTotalLength();
        $titleLength = $length + \strlen('<w></w>');
        $text = '<n>' . \str_pad('<w> WORKERMAN </w>', $titleLength, '-', \STR_PAD_BOTH) . "</n>\n" . $version
            . \str_pad('<w> WORKERS </w>', $titleLength, '-', \STR_PAD_BOTH) . "\n";
        foreach (static::getUiColumns() as $column => $property) {
            $title = $column === 'socket' ? 'listen' : $column;
            $text .= "<w>$title</w>" . \str_repeat(' ', \max(0, self::columnWidth($column) - \strlen($title)));
        }
        $text .= "\n";
        foreach (static::$workers as $worker) {
            foreach (static::getUiColumns() as $column => $property) {
                $value = (string)($worker->$property ?? $worker->context->$property);
                $tags = \strlen($value) - \strlen((string)\preg_replace('~</?[nwg]>~i', '', $value));
                $text .= \str_pad($value, self::columnWidth($column) + $tags);
            }
            $text .= "\n";
        }
        static::safeEcho($text . \str_repeat('-', $length) . "\n", true);

        if (static::$daemonize) {
            static::safeEcho('Input "phalanx ' . \basename(static::$startFile) . " stop\" to stop. Start success.\n\n");
        } elseif (static::$command !== '') {
            static::safeEcho("Start success.\n");
        } else {
            static::safeEcho("Press Ctrl+C to stop. Start success.\n");
        }
    }

    private static function columnKey(string $column): string
    {
        return 'max' . \ucfirst(\strtolower($column)) . 'NameLength';
    }

    private static function columnWidth(string $column): int
    {
        return static::getUiColumnLength(self::columnKey($column)) + static::UI_SAFE_LENGTH;
    }

    /** A worker can ask; for the supervisor's table it follows from what php.ini and -d say of the workers. */
    private static function workersHaveJit(): bool
    {
        if (\phalanx_role() === 'slot') {
            $status = \function_exists('opcache_get_status') ? \opcache_get_status(false) : [];

            return ($status['jit']['on'] ?? false) === true;
        }
        $off = static fn (string $name, array $values): bool => \in_array(
            \strtolower((string)\get_cfg_var($name)),
            $values,
            true
        );

        return \extension_loaded('Zend OPcache')
            && !$off('opcache.jit', ['disable', 'off', 'no', '0'])
            && !$off('opcache.enable', ['off', 'no', '0'])
            && !$off('opcache.enable_cli', ['off', 'no', '0'])
            && !$off('opcache.jit_buffer_size', ['0']);
    }

    protected static function getVersionLine(): string
    {
        $jit = self::workersHaveJit();

        return \str_pad('Workerman/' . static::VERSION, 24)
            . \str_pad('PHP/' . \PHP_VERSION . ' (JIT ' . ($jit ? 'on' : 'off') . ')', 30)
            . \php_uname('s') . '/' . \php_uname('r') . "\n";
    }

    /** @return array<string, string> column title => property of the worker or of its context */
    public static function getUiColumns(): array
    {
        return [
            'event-loop' => 'eventLoopName',
            'proto' => 'transport',
            'user' => 'user',
            'worker' => 'name',
            'socket' => 'statusSocket',
            'count' => 'count',
            'state' => 'statusState',
        ];
    }

    public static function getSingleLineTotalLength(): int
    {
        $length = 0;
        foreach (static::getUiColumns() as $column => $property) {
            $length += self::columnWidth($column);
        }
        \defined('LINE_VERSION_LENGTH') || \define('LINE_VERSION_LENGTH', 0);

        return \max($length, \LINE_VERSION_LENGTH);
    }

    protected static function getUiColumnLength($name): int
    {
        return static::$uiLengthData[$name] ?? 0;
    }

    /**
     * When daemonized, sends standard output and error to $stdoutFile. Only the supervisor does so: its descriptors 1
     * and 2 are the server process's too.
     */
    public static function resetStd(): void
    {
        if (!static::$daemonize || \phalanx_role() !== 'script') {
            return;
        }
        foreach ([\STDOUT, \STDERR, static::$outputStream] as $stream) {
            if (\is_resource($stream)) {
                \fclose($stream);
            }
        }
        // The lowest free descriptors, 1 and 2, are taken in turn.
        \set_error_handler(static fn (): bool => true);
        $output = \fopen(static::$stdoutFile, 'a') ?: \fopen('/dev/null', 'a');
        self::$errorStream = \fopen(static::$stdoutFile, 'a') ?: \fopen('/dev/null', 'a');
        \restore_error_handler();
        static::$outputStream = $output ?: null;
    }

    /** @var resource|false|null kept open: descriptor 2 of a daemon */
    private static $errorStream = null;
}
