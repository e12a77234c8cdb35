<?php

declare(strict_types=1);

namespace Phalanx\Http;

use DateTimeImmutable;
use DateTimeZone;
use Workerman\Protocols\Http\Request;

use function min;
use function preg_match;
use function preg_match_all;
use function str_starts_with;
use function strlen;
use function substr;

use const PREG_SET_ORDER;

/**
 * What a request for a file wants of it: all, a part, or nothing when the client has it already (RFC 9110, 13 and 14).
 *
 * @internal
 */
final class Preconditions
{
    /** Digits of a position in a file; more would not fit an int. */
    private const MAX_DIGITS = 18;

    /**
     * @param Request $request for whose answer the file is
     * @param ?int $modified when the file was changed, in Unix seconds; null: not known
     * @param ?string $etag with its quotes; null: it has none
     * @return int 200, 304 (the client has it) or 412 (it is not what the client has seen)
     */
    public static function status(Request $request, ?int $modified, ?string $etag): int
    {
        $match = $request->header('if-match');
        if ($match !== null) {
            if (!self::listHas($match, $etag, false)) {
                return 412;
            }
        } else {
            $since = self::time($request->header('if-unmodified-since'));
            if ($since !== null && $modified !== null && $modified > $since) {
                return 412;
            }
        }

        $match = $request->header('if-none-match');
        if ($match !== null) {
            return self::listHas($match, $etag, true) ? 304 : 200;
        }
        $since = self::time($request->header('if-modified-since'));

        return $since !== null && $modified !== null && $modified <= $since ? 304 : 200;
    }

    /**
     * The part that a Range header asks for.
     *
     * Several ranges in a request get the whole file, which RFC 9110, 14.2 allows: overlapping ones would have a small
     * request make a huge answer.
     *
     * @param ?int $modified as for status()
     * @return array{int, int}|false|null offset and length; null: all; false: none of the file's bytes (416)
     */
    public static function range(Request $request, int $size, ?int $modified, ?string $etag): array|false|null
    {
        $range = $request->header('range');
        if ($range === null || $request->method() !== 'GET' || !self::ifRange($request, $modified, $etag)) {
            return null;
        }
        if (preg_match('/^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/iD', $range, $match) !== 1) {
            return null;
        }
        [, $first, $last] = $match;
        if (strlen($first) > self::MAX_DIGITS || strlen($last) > self::MAX_DIGITS || $first . $last === '') {
            return $first === '' ? null : false;
        }
        if ($first === '') { // the last bytes
            $length = min((int) $last, $size);
            return $length > 0 ? [$size - $length, $length] : false;
        }
        $first = (int) $first;
        $last = $last === '' ? $size - 1 : (int) $last;
        if ($match[2] !== '' && $last < $first) {
            return null; // no range at all (RFC 9110, 14.1.1)
        }

        return $first < $size ? [$first, min($last, $size - 1) - $first + 1] : false;
    }

    /** RFC 9110, 13.1.5: the range is wanted of that version only, which is compared strongly. */
    private static function ifRange(Request $request, ?int $modified, ?string $etag): bool
    {
        $version = $request->header('if-range');
        if ($version === null) {
            return true;
        }
        if ($version !== '' && ($version[0] === '"' || str_starts_with($version, 'W/'))) {
            return $version === $etag && $version[0] === '"';
        }

        return $modified !== null && self::time($version) === $modified;
    }

    private static function listHas(string $list, ?string $etag, bool $weak): bool
    {
        if ($list === '*') {
            return true;
        }
        if ($etag === null) {
            return false;
        }
        $opaque = str_starts_with($etag, 'W/') ? substr($etag, 2) : $etag;
        if (!$weak && $opaque !== $etag) {
            return false;
        }
        preg_match_all('~(W/)?("[^"]*")~', $list, $tags, PREG_SET_ORDER);
        foreach ($tags as [, $prefix, $tag]) {
            if ($tag === $opaque && ($weak || $prefix === '')) {
                return true;
            }
        }

        return false;
    }

    /** An HTTP date; null: none, or not one that this server sends (the obsolete forms of RFC 9110, 5.6.7 included). */
    private static function time(?string $date): ?int
    {
        if ($date === null) {
            return null;
        }
        $time = DateTimeImmutable::createFromFormat('!D, d M Y H:i:s \G\M\T', $date, new DateTimeZone('UTC'));

        return $time === false ? null : $time->getTimestamp();
    }
}
