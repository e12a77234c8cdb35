<?php

declare(strict_types=1);

namespace Phalanx;

use Phalanx\Exception\EngineMismatch;

/** The Go engine under this thread's PHP. */
final class Engine
{
    /**
     * The engine these classes were written for; only the last number may differ: releases that change it alone keep
     * what classes and engine say to each other.
     */
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
        $version = self::version();
        if (!\str_starts_with($version, "$major.$minor.")) {
            $first = \implode('.', \array_slice(\explode('.', $version), 0, 2));
            throw new EngineMismatch(\sprintf(
                'The classes in %s are those of Phalanx %s, the binary %s is %s; the first two numbers must be the '
                . 'same. Either "composer require phalanx/phalanx:~%s.0", or a binary %s.%s.x',
                \dirname(__DIR__),
                self::VERSION,
                \PHP_BINARY,
                $version,
                $first,
                $major,
                $minor
            ));
        }
    }
}
