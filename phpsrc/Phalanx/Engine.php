<?php

declare(strict_types=1);

namespace Phalanx;

use Phalanx\Exception\EngineMismatch;

/** The Go engine under this thread's PHP. */
final class Engine
{
    /** The engine these classes were written for; only the last number may differ. */
    public const VERSION = '0.1.0';

    public static function version(): string
    {
        return \phalanx_version();
    }

    /**
     * Figures of the calling thread's loop and, in a worker, of the whole process. Bytes and messages count from the
     * start of the loop.
     *
     * @return array{connections: int, accepted: int, closed: int, messages: int, bytes_read: int, bytes_written: int,
     *     timers: int, tls_handshakes: int, tls_resumed: int, tls_failed: int, process: array{connections: int,
     *     accepted: int, messages: int, bytes_read: int, bytes_written: int, tls_handshakes: int, tls_resumed: int,
     *     tls_failed: int, slots: int}}
     */
    public static function stats(): array
    {
        return \phalanx_loop_stats();
    }

    /**
     * Refuses an engine that these classes do not fit, as Composer may install other classes than the binary carries.
     *
     * @internal
     * @throws EngineMismatch
     */
    public static function requireMatch(): void
    {
        if (!\extension_loaded('phalanx')) {
            $script = $_SERVER['argv'][0] ?? 'FILE.php';
            throw new EngineMismatch("This needs the phalanx binary: phalanx $script start");
        }
        [$major, $minor] = \explode('.', self::VERSION);
        if (!\str_starts_with(self::version(), "$major.$minor.")) {
            throw new EngineMismatch(\sprintf(
                'The classes in %s are made for Phalanx %s.%s, this binary is %s: install phalanx/phalanx %s, or none',
                __DIR__,
                $major,
                $minor,
                self::version(),
                self::version()
            ));
        }
    }
}
