<?php

declare(strict_types=1);

namespace Phalanx\Tests\Http;

use Phalanx\Http\Preconditions;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Workerman\Protocols\Http\Request;

/** RFC 9110, 13 and 14. */
final class PreconditionsTest extends TestCase
{
    private const OLD = 'Tue, 14 Nov 2023 22:13:19 GMT';
    private const SAME = 'Tue, 14 Nov 2023 22:13:20 GMT';
    private const NEW = 'Tue, 14 Nov 2023 22:13:21 GMT';
    private const MODIFIED = 1700000000;

    private static function request(string $headers, string $method = 'GET'): Request
    {
        return new Request("$method / HTTP/1.1\r\nHost: h\r\n$headers\r\n\r\n");
    }

    /** @return iterable<string, array{0: string, 1: int, 2?: ?string, 3?: ?int}> */
    public static function conditions(): iterable
    {
        yield 'none' => ['X: y', 200];
        yield 'not modified' => ['If-Modified-Since: ' . self::SAME, 304];
        yield 'not modified, later' => ['If-Modified-Since: ' . self::NEW, 304];
        yield 'modified' => ['If-Modified-Since: ' . self::OLD, 200];
        yield 'no date' => ['If-Modified-Since: yesterday', 200];
        yield 'a date with more behind it' => ['If-Modified-Since: ' . self::SAME . '; length=5', 200];
        yield 'date of the file unknown' => ['If-Modified-Since: ' . self::SAME, 200, null, null];
        yield 'any version' => ['If-None-Match: *', 304];
        yield 'the version' => ['If-None-Match: "a"', 304, '"a"'];
        yield 'one of several' => ['If-None-Match: "x", W/"a" ,"y"', 304, '"a"'];
        yield 'weak' => ['If-None-Match: "a"', 304, 'W/"a"'];
        yield 'another version' => ['If-None-Match: "b"', 200, '"a"'];
        yield 'a version, but there is none' => ['If-None-Match: "b"', 200];
        yield 'the version counts, not the date' => ["If-None-Match: \"b\"\r\nIf-Modified-Since: " . self::NEW, 200, '"a"'];
        yield 'unmodified' => ['If-Unmodified-Since: ' . self::SAME, 200];
        yield 'not unmodified' => ['If-Unmodified-Since: ' . self::OLD, 412];
        yield 'match' => ['If-Match: "b", "a"', 200, '"a"'];
        yield 'match is strong' => ['If-Match: W/"a"', 412, '"a"'];
        yield 'match of a weak version' => ['If-Match: W/"a"', 412, 'W/"a"'];
        yield 'no match' => ['If-Match: "b"', 412, '"a"'];
        yield 'match without a version' => ['If-Match: "b"', 412];
        yield 'match of anything' => ['If-Match: *', 200];
        yield 'match counts, not the date' => ["If-Match: \"a\"\r\nIf-Unmodified-Since: " . self::OLD, 200, '"a"'];
    }

    #[DataProvider('conditions')]
    public function testConditions(
        string $headers,
        int $status,
        ?string $etag = null,
        ?int $modified = self::MODIFIED
    ): void {
        self::assertSame($status, Preconditions::status(self::request($headers), $modified, $etag));
    }

    /** @return iterable<string, array{0: string, 1: array{int, int}|false|null, 2?: int, 3?: string}> */
    public static function ranges(): iterable
    {
        yield 'none' => ['X: y', null];
        yield 'first bytes' => ['Range: bytes=0-4', [0, 5]];
        yield 'one byte' => ['Range: bytes=9-9', [9, 1]];
        yield 'to the end' => ['Range: bytes=3-', [3, 7]];
        yield 'beyond the end' => ['Range: bytes=3-99', [3, 7]];
        yield 'all' => ['Range: bytes=0-', [0, 10]];
        yield 'last bytes' => ['Range: bytes=-3', [7, 3]];
        yield 'more last bytes than there are' => ['Range: bytes=-30', [0, 10]];
        yield 'no last bytes' => ['Range: bytes=-0', false];
        yield 'behind the end' => ['Range: bytes=10-', false];
        yield 'far behind the end' => ['Range: bytes=' . str_repeat('9', 30) . '-', false];
        yield 'a huge end' => ['Range: bytes=0-' . str_repeat('9', 18), [0, 10]];
        yield 'of an empty file' => ['Range: bytes=0-', false, 0];
        yield 'last bytes of an empty file' => ['Range: bytes=-1', false, 0];
        yield 'upside down' => ['Range: bytes=5-2', null];
        yield 'several' => ['Range: bytes=0-1,3-4', null];
        yield 'another unit' => ['Range: lines=0-1', null];
        yield 'nonsense' => ['Range: bytes=a-b', null];
        yield 'nothing' => ['Range: bytes=-', null];
        yield 'upper case' => ['Range: BYTES=0-0', [0, 1]];
        yield 'not for HEAD' => ['Range: bytes=0-4', null, 10, 'HEAD'];
        yield 'of that version' => ["Range: bytes=0-4\r\nIf-Range: \"a\"", [0, 5]];
        yield 'of another version' => ["Range: bytes=0-4\r\nIf-Range: \"b\"", null];
        yield 'of a weak version' => ["Range: bytes=0-4\r\nIf-Range: W/\"a\"", null];
        yield 'of that date' => ["Range: bytes=0-4\r\nIf-Range: " . self::SAME, [0, 5]];
        yield 'of a later date' => ["Range: bytes=0-4\r\nIf-Range: " . self::NEW, null];
        yield 'of no date' => ["Range: bytes=0-4\r\nIf-Range:", null];
    }

    #[DataProvider('ranges')]
    public function testRanges(string $headers, array|false|null $want, int $size = 10, string $method = 'GET'): void
    {
        self::assertSame($want, Preconditions::range(self::request($headers, $method), $size, self::MODIFIED, '"a"'));
    }
}
