<?php

declare(strict_types=1);

namespace Phalanx\Http;

use ValueError;
use Workerman\Connection\TcpConnection;

use function count;
use function implode;
use function strlen;
use function strpos;
use function stripos;
use function substr;
use function trim;

/**
 * Compression of HTTP responses by the engine: for the calling worker, off until it asks for it in onWorkerStart.
 *
 * Compressed are strings and Response objects of a type that gains by it, and chunked responses and server-sent events
 * piece by piece, when the client accepts a coding. Not compressed are answers to HEAD, parts and files (withFile()),
 * short bodies, what has a Content-Encoding or "Cache-Control: no-transform", raw bytes, and answers of which the
 * engine cannot tell which of several waiting requests they are for.
 */
final class Compression
{
    /** Answers to Accept-Encoding fields; clients send few different ones. */
    private const MAX_MEMO = 64;

    private static bool $enabled = false;

    /** @var array<string, int> */
    private static array $memo = [];

    /**
     * @param list<string> $codings of 'zstd', 'br' and 'gzip'; the client's choice counts, then this order
     * @param int $minLength bytes; shorter bodies are sent as they are
     * @param list<string> $types content types, 'text/*' for all of a kind; none: those that usually gain by it
     * @param int $gzip level, 1 (fast) to 9
     * @param int $brotli level, 0 to 11
     * @param int $zstd level, 1 to 22
     * @throws ValueError for a coding that is not known
     */
    public static function enable(
        array $codings = ['zstd', 'br', 'gzip'],
        int $minLength = 1024,
        array $types = [],
        int $gzip = 5,
        int $brotli = 4,
        int $zstd = 3
    ): void {
        \phalanx_http_compression(implode(',', $codings), $minLength, implode(',', $types), $gzip, $brotli, $zstd);
        self::$memo = [];
        self::$enabled = true;
    }

    /** Connections that there are go on as they were. */
    public static function disable(): void
    {
        self::$enabled = false;
    }

    public static function isEnabled(): bool
    {
        return self::$enabled;
    }

    /**
     * How the next answer on a connection may be encoded, for the engine; 0: not at all.
     *
     * @internal
     */
    public static function coding(TcpConnection $connection): int
    {
        $request = $connection->answeredRequest();
        if ($request === '') {
            return 0;
        }
        $accept = '';
        $at = stripos($request, "\r\naccept-encoding:");
        if ($at !== false && $at < (int) strpos($request, "\r\n\r\n")) {
            $at += strlen("\r\naccept-encoding:");
            $accept = trim(substr($request, $at, (int) strpos($request, "\r\n", $at) - $at));
        }
        if (count(self::$memo) > self::MAX_MEMO) {
            self::$memo = [];
        }

        return self::$memo[$accept] ??= \phalanx_http_coding($accept);
    }
}
