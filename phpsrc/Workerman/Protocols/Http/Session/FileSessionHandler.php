<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http\Session;

use InvalidArgumentException;
use Workerman\Protocols\Http\Session;

use function bin2hex;
use function clearstatcache;
use function fclose;
use function file_exists;
use function file_put_contents;
use function filemtime;
use function fopen;
use function fread;
use function fstat;
use function function_exists;
use function glob;
use function is_dir;
use function is_file;
use function mkdir;
use function random_bytes;
use function rename;
use function session_save_path;
use function str_ends_with;
use function str_starts_with;
use function strpbrk;
use function sys_get_temp_dir;
use function time;
use function touch;
use function trigger_error;
use function unlink;

use const DIRECTORY_SEPARATOR;
use const E_USER_WARNING;

/**
 * One file for each session; its age is the file's modification time. Config: ['save_path' => folder].
 *
 * Workers share the folder without locks: a write replaces the file at once, so readers see the old or the new data,
 * and of two writers the later one wins. A file may disappear under our hands (gc of another worker), hence the `@`.
 *
 * Source: Workerman\Protocols\Http\Session\FileSessionHandler 5.2.2.
 */
class FileSessionHandler implements SessionHandlerInterface
{
    /** With its trailing separator. */
    protected static string $sessionSavePath;

    protected static string $sessionFilePrefix = 'session_';

    /** Whether the engine reads: streams take several times as long. A relative folder is the worker's own affair. */
    private static bool $fast = false;

    /** Takes the folder from session.save_path, or the system's for temporary files. */
    public static function init()
    {
        $folder = @session_save_path();
        if (!$folder || str_starts_with($folder, 'tcp://')) {
            $folder = sys_get_temp_dir();
        }
        static::sessionSavePath($folder);
    }

    public function __construct(array $config = [])
    {
        if (isset($config['save_path'])) {
            static::sessionSavePath($config['save_path']);
        }
    }

    public function open(string $savePath, string $name): bool
    {
        return true;
    }

    public function read(string $sessionId): string|false
    {
        $file = static::sessionFile($sessionId);
        if (self::$fast) {
            $data = \phalanx_session_read($file, Session::$lifetime);
        } else {
            $data = self::readStream($file);
        }
        if ($data === null) {
            @unlink($file);
            return false;
        }

        return $data;
    }

    /** @return string|false|null as phalanx_session_read() */
    private static function readStream(string $file): string|false|null
    {
        $handle = @fopen($file, 'rb');
        if ($handle === false) {
            return false;
        }
        // Age and size are those of the file that is open, whatever happens to its name meanwhile.
        $status = fstat($handle);
        $data = false;
        if (time() - $status['mtime'] > Session::$lifetime) {
            $data = null;
        } elseif ($status['size'] > 0) {
            $data = fread($handle, $status['size']);
        }
        fclose($handle);

        return $data;
    }

    public function write(string $sessionId, string $sessionData): bool
    {
        $temporary = static::$sessionSavePath . bin2hex(random_bytes(16));

        return file_put_contents($temporary, $sessionData) && rename($temporary, static::sessionFile($sessionId));
    }

    public function updateTimestamp(string $sessionId, string $data = ''): bool
    {
        $file = static::sessionFile($sessionId);
        clearstatcache();
        if (!file_exists($file)) {
            return false;
        }
        $touched = touch($file);
        clearstatcache();

        return $touched;
    }

    public function close(): bool
    {
        return true;
    }

    public function destroy(string $sessionId): bool
    {
        $file = static::sessionFile($sessionId);
        clearstatcache();
        if (is_file($file)) {
            @unlink($file);
        }

        return true;
    }

    public function gc(int $maxLifetime): bool
    {
        $oldest = time() - $maxLifetime;
        clearstatcache();
        foreach (glob(static::$sessionSavePath . static::$sessionFilePrefix . '*') ?: [] as $file) {
            if (is_file($file) && (int) @filemtime($file) < $oldest) {
                @unlink($file);
            }
        }

        return true;
    }

    /** @throws InvalidArgumentException for an id, chosen by the application, that would name a file elsewhere */
    protected static function sessionFile(string $sessionId): string
    {
        if (strpbrk($sessionId, "/\0") !== false) {
            throw new InvalidArgumentException('A session id has no slash and no NUL byte: check it with'
                . ' Request::isValidSessionId() when it comes from outside');
        }

        return static::$sessionSavePath . static::$sessionFilePrefix . $sessionId;
    }

    /**
     * Sets the folder, making it if needed; '' changes nothing.
     *
     * @return string the folder with its trailing separator
     */
    public static function sessionSavePath(string $path): string
    {
        if ($path === '') {
            return $path;
        }
        if (!str_ends_with($path, DIRECTORY_SEPARATOR)) {
            $path .= DIRECTORY_SEPARATOR;
        }
        static::$sessionSavePath = $path;
        self::$fast = str_starts_with($path, '/') && function_exists('phalanx_session_read');
        // Another worker may make it at the same time.
        if (!is_dir($path) && !@mkdir($path, 0777, true)) {
            clearstatcache();
            is_dir($path) || trigger_error("FileSessionHandler: cannot create $path", E_USER_WARNING);
        }

        return $path;
    }
}

FileSessionHandler::init();
