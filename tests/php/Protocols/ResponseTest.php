<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use Closure;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Workerman\Protocols\Http\Chunk;
use Workerman\Protocols\Http\Response;
use Workerman\Protocols\Http\ServerSentEvents;

/** The bytes were compared with those of Workerman 5.2.2. */
final class ResponseTest extends TestCase
{
    /** @return iterable<string, array{Closure(): Response, string}> */
    public static function responses(): iterable
    {
        yield 'nothing given' => [
            static fn () => new Response(),
            "HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        ];
        yield 'a body alone' => [
            static fn () => new Response(200, [], 'hello'),
            "HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
        ];
        yield 'own headers come first, the missing ones after them' => [
            static fn () => new Response(404, ['X' => 'y'], 'no'),
            "HTTP/1.1 404 Not Found\r\nX: y\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 2\r\n\r\nno",
        ];
        yield 'a list is one line an item' => [
            static fn () => new Response(201, ['Content-Type' => 'application/json', 'X-Multi' => ['a', 'b'], 'Connection' => 'close'], '{}'),
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Multi: a\r\nX-Multi: b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        ];
        yield 'values that are not strings' => [
            static fn () => new Response(200, ['A' => true, 'B' => false, 'C' => null, 'D' => 1.5, 5 => 'n'], 'x'),
            "HTTP/1.1 200 OK\r\nA: 1\r\nB: \r\nC: \r\nD: 1.5\r\n5: n\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 1\r\n\r\nx",
        ];
        yield 'names are compared as written' => [
            static fn () => new Response(200, ['content-type' => 'x/y'], ''),
            "HTTP/1.1 200 OK\r\ncontent-type: x/y\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
        ];
        yield 'a status without a phrase' => [
            static fn () => new Response(299, ['A' => '1'], 'x'),
            "HTTP/1.1 299 \r\nA: 1\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 1\r\n\r\nx",
        ];
        yield 'an event stream is a head alone' => [
            static fn () => new Response(200, ['Content-Type' => 'text/event-stream'], 'ignored'),
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: keep-alive\r\n\r\n",
        ];
        yield 'the body of a chunked answer is its first chunk' => [
            static fn () => new Response(200, ['Transfer-Encoding' => 'chunked'], 'hello world hello'),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\n\r\n11\r\nhello world hello\r\n",
        ];
        yield 'a chunked answer without a body is not ended by it' => [
            static fn () => new Response(200, ['Transfer-Encoding' => 'chunked']),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\n\r\n",
        ];
        yield 'own reason phrase and version' => [
            static fn () => (new Response())->withStatus(200, 'Fine')->withProtocolVersion('1.0'),
            "HTTP/1.0 200 Fine\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        ];
        yield 'an empty reason phrase is the usual one' => [
            static fn () => (new Response())->withStatus(418, ''),
            "HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
        ];
        yield 'cookies' => [
            static fn () => (new Response())->cookie('n', 'v a;l', 60, '/', 'd', true, true, 'Lax')->cookie('m')->cookie('z', '1', 0),
            "HTTP/1.1 200 OK\r\nSet-Cookie: n=v%20a%3Bl; Domain=d; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax\r\nSet-Cookie: m=\r\nSet-Cookie: z=1; Max-Age=0\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
        ];
        yield 'withHeaders adds, header replaces' => [
            static fn () => (new Response(200, ['A' => '1', 'B' => ['x'], 'C' => '1']))->withHeaders(['A' => '2', 'B' => 'y'])->header('C', '3'),
            "HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nB: x\r\nB: y\r\nC: 3\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
        ];
    }

    #[DataProvider('responses')]
    public function testAnswerHasTheseBytes(Closure $make, string $expected): void
    {
        self::assertSame($expected, (string) $make());
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function injections(): iterable
    {
        yield 'CRLF in a value' => [['X' => "a\r\nSet-Cookie: evil=1"]];
        yield 'bare LF in a value' => [['X' => "a\nSet-Cookie: evil=1"]];
        yield 'bare CR in a value' => [['X' => "a\rSet-Cookie: evil=1"]];
        yield 'NUL in a value' => [['X' => "evil\0"]];
        yield 'CRLF in a name' => [["X\r\nSet-Cookie" => 'evil=1']];
        yield 'NUL in a name' => [["X\0" => 'evil']];
        yield 'colon in a name' => [['X: evil' => '1']];
        yield 'CRLF in one item of a list' => [['Ok' => ['fine', "evil\r\nSet-Cookie: evil=1"]]];
        yield 'a whole answer in a value' => [['X' => "evil\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"]];
        yield 'CRLF in a cookie name' => [['Set-Cookie' => ["evil\r\nX: y=1"]]];
    }

    #[DataProvider('injections')]
    public function testHeadersWithLineBreaksAreLeftOut(array $headers): void
    {
        $response = (string) new Response(200, ['Ok' => 'fine', ...$headers], 'body');

        self::assertStringNotContainsString('evil', $response);
        self::assertStringContainsString("\r\nOk: fine\r\n", $response);
        self::assertStringEndsWith("\r\nContent-Length: 4\r\n\r\nbody", $response);
    }

    public function testLineBreaksLeaveReasonVersionAndCookies(): void
    {
        $response = (new Response())->withStatus(200, "Fine\r\nX: y\0")->withProtocolVersion("1.1\r\n")
            ->cookie("evil\r\nX: y", 'v')->cookie('evil', 'v', null, "/\r\nA: b")->cookie('value', "a\r\nb");

        self::assertSame(
            "HTTP/1.1 200 FineX: y\r\nSet-Cookie: value=a%0D%0Ab\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
            (string) $response
        );
    }

    public function testGettersTellWhatWasSet(): void
    {
        $response = (new Response(201, ['A' => '1'], 'one'))->withHeader('B', '2')->withoutHeader('A')->withBody('two');

        self::assertSame(201, $response->getStatusCode());
        self::assertNull($response->getReasonPhrase());
        self::assertSame(['B' => '2'], $response->getHeaders());
        self::assertSame('2', $response->getHeader('B'));
        self::assertNull($response->getHeader('A'));
        self::assertSame('two', $response->rawBody());
        self::assertSame('Moved', $response->withStatus(302, 'Moved')->getReasonPhrase());
    }

    public function testMissingFileIsNotFound(): void
    {
        $response = (new Response())->withFile('/nowhere/at/all');

        self::assertNull($response->file);
        self::assertSame(404, $response->getStatusCode());
        self::assertSame('<h3>404 Not Found</h3>', $response->rawBody());
    }

    public function testContentTypesByExtension(): void
    {
        $response = new Response();

        self::assertSame('image/jpeg', $response->getMimeType('jpg'));
        self::assertSame('font/woff2', $response->getMimeType('woff2'));
        self::assertSame('application/octet-stream', $response->getMimeType('JPG'));
        self::assertSame('application/octet-stream', $response->getMimeType(''));
    }

    public function testChunksCarryTheirLengthInHexadecimal(): void
    {
        self::assertSame("5\r\nhello\r\n", (string) new Chunk('hello'));
        self::assertSame("ff\r\n" . str_repeat('x', 255) . "\r\n", (string) new Chunk(str_repeat('x', 255)));
        self::assertSame("0\r\n\r\n", (string) new Chunk(''));
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function events(): iterable
    {
        yield 'all fields, in this order' => [
            ['data' => 'some', 'retry' => 5000, 'id' => 1000, 'event' => 'ping', '' => 'note'],
            ": note\nevent: ping\nid: 1000\nretry: 5000\ndata: some\n\n",
        ];
        yield 'each line of the data is a data line' => [['data' => "a\nb\n"], "data: a\ndata: b\ndata: \n\n"];
        yield 'nothing is still the end of an event' => [[], "\n"];
        yield 'empty data is data' => [['id' => '0', 'data' => ''], "id: 0\ndata: \n\n"];
        yield 'CR breaks lines too' => [['data' => "a\r\nb\revent: c"], "data: a\ndata: b\ndata: event: c\n\n"];
        yield 'no field begins another' => [['event' => "a\ndata: b", 'id' => "1\r\n\r\n2"], "event: adata: b\nid: 12\n\n"];
    }

    #[DataProvider('events')]
    public function testServerSentEvents(array $event, string $expected): void
    {
        self::assertSame($expected, (string) new ServerSentEvents($event));
    }
}
