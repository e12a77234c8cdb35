<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http;
use Workerman\Protocols\Http\Chunk;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;

/** The values were compared with those of Workerman 5.2.2, but for what says "stricter". */
final class HttpTest extends TestCase
{
    private const HEAD = "POST / HTTP/1.1\r\nHost: h\r\n";
    private const CHUNKED = self::HEAD . "Transfer-Encoding: chunked\r\n\r\n";

    /** @return iterable<string, array{string, int}> */
    public static function requests(): iterable
    {
        yield 'nothing yet' => ['', 0];
        yield 'a head cut short' => ['GET / HTTP/1.1', 0];
        yield 'no body' => ["GET / HTTP/1.1\r\nHost: h\r\n\r\n", 27];
        yield 'the next request is left alone' => ["GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /", 27];
        yield 'the length is known before the body' => [self::HEAD . "Content-Length: 5\r\n\r\nhel", 52];
        yield 'HTTP/1.0 may do without Host' => ["GET / HTTP/1.0\r\n\r\n", 18];
        yield 'a later minor version' => ["GET / HTTP/1.9\r\nHost: h\r\n\r\n", 27];
        yield 'bytes above 127 in the target' => ["GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", 29];
        yield 'an IPv6 host with port' => ["GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 34];
        yield 'all characters of a token' => ["GET / HTTP/1.1\r\nHost: h\r\n!#$%&'*+-.^_`|~aZ09: x\r\n\r\n", 51];
        yield 'a head just short enough' => ["GET / HTTP/1.1\r\nHost: h\r\nX: " . str_repeat('x', 16355) . "\r\n\r\n", 16387];
        yield 'chunks' => [self::CHUNKED . "5\r\nhello\r\n0\r\n\r\n", 71];
        yield 'chunks in capitals, a chunk extension, and a next request' => [self::CHUNKED . "A;x=y\r\n0123456789\r\n0\r\n\r\nGET", 80];
        yield 'leading zeros of a chunk size' => [self::CHUNKED . "00005\r\nhello\r\n000\r\n\r\n", 77];
        yield 'trailers' => [self::CHUNKED . "0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", 77];
        yield 'a chunk cut short' => [self::CHUNKED . "5\r\nhel", 0];
        yield 'a chunk without the CRLF after it' => [self::CHUNKED . "5\r\nhello\r", 0];
        yield 'trailers cut short' => [self::CHUNKED . "0\r\nX: 1\r\n", 0];
    }

    #[DataProvider('requests')]
    public function testInputTellsTheLength(string $buffer, int $expected): void
    {
        $connection = new RecordingConnection();

        self::assertSame($expected, Http::input($buffer, $connection));
        self::assertSame([], $connection->calls);
    }

    /** @return iterable<string, array{string, string}> */
    public static function malformed(): iterable
    {
        $get = static fn (string $lines) => "GET / HTTP/1.1\r\n$lines\r\n\r\n";
        $line = static fn (string $line) => "$line\r\nHost: h\r\n\r\n";
        yield 'unknown method' => [$line('BREW / HTTP/1.1'), '400'];
        yield 'method in lower case' => [$line('get / HTTP/1.1'), '400'];
        yield 'absolute target' => [$line('GET http://h/ HTTP/1.1'), '400'];
        yield 'asterisk target' => [$line('OPTIONS * HTTP/1.1'), '400'];
        yield 'control character in the target' => [$line("GET /\x01 HTTP/1.1"), '400'];
        yield 'two spaces' => [$line('GET /  HTTP/1.1'), '400'];
        yield 'HTTP/2.0' => [$line('GET / HTTP/2.0'), '400'];
        yield 'LF at the end of the request line (stricter)' => [$line("GET / HTTP/1.1\n"), '400'];
        yield 'no Host' => [$get('X: y'), '400'];
        yield 'two Hosts' => [$get("Host: a\r\nHost: a"), '400'];
        yield 'empty Host' => [$get('Host: '), '400'];
        yield 'Host with a path' => [$get('Host: a/b'), '400'];
        yield 'Host with two ports' => [$get('Host: a:1:2'), '400'];
        yield 'Host with a list' => [$get('Host: a, b'), '400'];
        yield 'space before the colon' => [$get('Host : h'), '400'];
        yield 'folded line' => [$get("Host: h\r\n more"), '400'];
        yield 'empty header name' => [$get("Host: h\r\n: x"), '400'];
        yield 'no colon' => [$get("Host: h\r\nbroken"), '400'];
        yield 'letters that are not ASCII in a name' => [$get("Host: h\r\n\xc3\xa9: x"), '400'];
        yield 'bare LF in a value (stricter)' => [$get("Host: h\r\nX: a\nY: b"), '400'];
        yield 'bare CR in a value (stricter)' => [$get("Host: h\r\nX: a\rY: b"), '400'];
        yield 'NUL in a value (stricter)' => [$get("Host: h\r\nX: a\0"), '400'];
        yield 'two lengths, even if equal' => [self::HEAD . "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", '400'];
        yield 'a list of lengths' => [self::HEAD . "Content-Length: 5, 5\r\n\r\n", '400'];
        yield 'a signed length' => [self::HEAD . "Content-Length: +5\r\n\r\n", '400'];
        yield 'an empty length' => [self::HEAD . "Content-Length:\r\n\r\n", '400'];
        yield 'a length of thirty digits' => [self::HEAD . 'Content-Length: ' . str_repeat('9', 30) . "\r\n\r\n", '413'];
        yield 'length and chunks' => [self::HEAD . "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", '400'];
        yield 'two transfer codings' => [self::HEAD . "Transfer-Encoding: gzip, chunked\r\n\r\n", '400'];
        yield 'Transfer-Encoding twice' => [self::HEAD . "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", '400'];
        yield 'head that does not end' => [str_repeat('a', 16384), '431'];
        yield 'head too long' => ["GET / HTTP/1.1\r\nHost: h\r\nX: " . str_repeat('x', 16356) . "\r\n\r\n", '431'];
        yield 'chunk size that is none' => [self::CHUNKED . "z\r\n", '400'];
        yield 'empty chunk size' => [self::CHUNKED . "\r\n", '400'];
        yield 'negative chunk size' => [self::CHUNKED . "-1\r\n", '400'];
        yield 'hexadecimal prefix' => [self::CHUNKED . "0x5\r\nhello\r\n", '400'];
        yield 'space after the chunk size' => [self::CHUNKED . "5 \r\nhello\r\n0\r\n\r\n", '400'];
        yield 'chunk size of seventeen digits' => [self::CHUNKED . "00000000000000005\r\n", '400'];
        yield 'chunk size beyond 63 bits' => [self::CHUNKED . "ffffffffffffffff\r\n", '400'];
        yield 'chunk too large, refused before it comes (stricter)' => [self::CHUNKED . "7fffffffffffffff\r\n", '413'];
        yield 'chunk longer than its size' => [self::CHUNKED . "5\r\nhello!\r\n", '400'];
    }

    #[DataProvider('malformed')]
    public function testInputRefusesWithAnAnswer(string $buffer, string $status): void
    {
        $connection = new RecordingConnection();

        self::assertSame(0, Http::input($buffer, $connection));
        self::assertCount(1, $connection->calls);
        [$method, $answer, $raw] = $connection->calls[0];
        self::assertSame(['end', true], [$method, $raw]);
        self::assertStringStartsWith("HTTP/1.1 $status ", $answer);
        self::assertStringEndsWith("\r\nConnection: close\r\n\r\n", $answer);
    }

    /** @return iterable<string, array{string, int, int}> */
    public static function sizes(): iterable
    {
        $whole = self::HEAD . "Content-Length: 1000\r\n\r\n";
        yield 'as large as allowed' => [$whole, 1050, 1050];
        yield 'too large' => [$whole, 1049, 0];
        $chunked = self::CHUNKED . "64\r\n" . str_repeat('a', 100) . "\r\n0\r\n\r\n";
        yield 'chunked, as large as allowed' => [$chunked, 167, 167];
        yield 'chunked, too large by its last chunk' => [$chunked, 166, 0];
        yield 'chunked, trailers without end' => [self::CHUNKED . "0\r\n" . str_repeat('x', 200), 200, 0];
    }

    #[DataProvider('sizes')]
    public function testInputKeepsToTheLargestPackage(string $buffer, int $limit, int $expected): void
    {
        $connection = new RecordingConnection();
        $connection->maxPackageSize = $limit;

        self::assertSame($expected, Http::input($buffer, $connection));
        self::assertSame($expected > 0 ? [] : [['end', "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n", true]], $connection->calls);
    }

    public function testDecodeMakesARequest(): void
    {
        $connection = new RecordingConnection();
        $request = Http::decode("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", $connection);

        self::assertSame(Request::class, $request::class);
        self::assertSame($connection, $request->connection);
        self::assertSame('/a', $request->path());
    }

    public function testDecodeTakesChunksApart(): void
    {
        $connection = new RecordingConnection();
        $buffer = self::CHUNKED . "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 1\r\nbroken\r\nY:  w \r\n\r\n";
        self::assertSame(strlen($buffer), Http::input($buffer, $connection));
        $request = Http::decode($buffer, $connection);

        self::assertSame("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world", $request->rawBuffer());
        self::assertSame(['x-sum' => '1', 'y' => 'w '], $request->trailer());
        self::assertFalse(isset($connection->context->chunked), 'the next request is not taken for a chunked one');
    }

    public function testRequestClassCanBeReplaced(): void
    {
        $class = (new class ('') extends Request {
        })::class;
        try {
            self::assertSame(Request::class, Http::requestClass());
            self::assertSame($class, Http::requestClass($class));
            self::assertSame($class, Http::decode("GET / HTTP/1.1\r\n\r\n", new RecordingConnection())::class);
        } finally {
            Http::requestClass(Request::class);
        }
    }

    /** @return iterable<string, array{mixed, string}> */
    public static function answers(): iterable
    {
        $head = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: ";
        yield 'a string' => ['hi', "{$head}2\r\n\r\nhi"];
        yield 'a number' => [5, "{$head}1\r\n\r\n5"];
        yield 'null' => [null, "{$head}0\r\n\r\n"];
        yield 'a chunk goes as it is' => [new Chunk('hi'), "2\r\nhi\r\n"];
        yield 'a response' => [
            new Response(204, ['X' => 'y']),
            "HTTP/1.1 204 No Content\r\nX: y\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 0\r\n\r\n",
        ];
    }

    #[DataProvider('answers')]
    public function testEncode(mixed $answer, string $expected): void
    {
        self::assertSame($expected, Http::encode($answer, new RecordingConnection()));
    }

    public function testHeadersOfTheConnectionGoIntoTheNextAnswer(): void
    {
        $connection = new RecordingConnection();
        $connection->headers = ['A' => '1', 'Content-Type' => 't/x', 'M' => ['1', '2']];
        self::assertSame(
            "HTTP/1.1 200 OK\r\nA: 1\r\nM: 1\r\nM: 2\r\nConnection: keep-alive\r\nContent-Type: t/x\r\nContent-Length: 2\r\n\r\nhi",
            Http::encode('hi', $connection)
        );
        self::assertSame([], $connection->headers);

        $connection->headers = ['Set-Cookie' => ['a=1']];
        self::assertSame('2' . "\r\nhi\r\n", Http::encode(new Chunk('hi'), $connection));
        self::assertStringContainsString("\r\nSet-Cookie: b=2\r\nSet-Cookie: a=1\r\n", Http::encode((new Response())->cookie('b', '2'), $connection));
        self::assertSame([], $connection->headers);
    }

    public function testHeadersOfTheConnectionCannotBreakOut(): void
    {
        $connection = new RecordingConnection();
        $connection->headers = ['A' => "1\r\nevil: 1", "B\nevil" => '1', 'C' => ['ok', "evil\0"], 'Content-Type' => "evil\r\n"];

        self::assertSame(
            "HTTP/1.1 200 OK\r\nC: ok\r\nConnection: keep-alive\r\nContent-Type: text/html;charset=utf-8\r\nContent-Length: 2\r\n\r\nhi",
            Http::encode('hi', $connection)
        );
    }

    /** @return iterable<string, array{string, int, int, string, string}> */
    public static function files(): iterable
    {
        $tail = "\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\nLast-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n";
        yield 'the whole' => ['a.txt', 0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nAccept-Ranges: bytes$tail", '0123456789'];
        yield 'a part' => ['a.txt', 2, 3, "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nAccept-Ranges: bytes\r\nContent-Range: bytes 2-4/10$tail", '234'];
        yield 'the rest' => ['a.txt', 4, 0, "HTTP/1.1 206 Partial Content\r\nContent-Length: 6\r\nAccept-Ranges: bytes\r\nContent-Range: bytes 4-9/10$tail", '456789'];
        yield 'no more than there is' => ['a.txt', 8, 100, "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nAccept-Ranges: bytes\r\nContent-Range: bytes 8-9/10$tail", '89'];
        yield 'beyond the end' => ['a.txt', 10, 5, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nAccept-Ranges: bytes\r\nContent-Range: bytes */10$tail", ''];
        yield 'an empty file' => ['empty.css', 0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccept-Ranges: bytes" . str_replace('plain', 'css', $tail), ''];
        $download = str_replace('text/plain', "application/octet-stream\r\nContent-Disposition: attachment; filename=\"weird.zz\"", $tail);
        yield 'what a browser cannot show, with a quote in its name' => ['we"i\rd.zz', 0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nAccept-Ranges: bytes$download", 'x'];
    }

    #[DataProvider('files')]
    public function testFileIsHandedToTheEngine(string $name, int $offset, int $length, string $head, string $content): void
    {
        $folder = sys_get_temp_dir() . '/phalanx-file-' . bin2hex(random_bytes(8));
        mkdir($folder);
        $path = "$folder/$name";
        file_put_contents($path, match ($name) {
            'a.txt' => '0123456789',
            'empty.css' => '',
            default => 'x',
        });
        touch($path, 1700000000);

        try {
            $connection = new RecordingConnection();
            $answer = Http::encode((new Response())->withFile($path, $offset, $length), $connection);
            if ($content === '') {
                self::assertSame([$head, []], [$answer, $connection->calls]);
            } else {
                self::assertSame('', $answer);
                self::assertSame([['sendFile', $head, $path, $offset, strlen($content)]], $connection->calls);
            }
        } finally {
            unlink($path);
            rmdir($folder);
        }
    }

    public function testFileThatHasGoneIsForbidden(): void
    {
        $path = tempnam(sys_get_temp_dir(), 'phalanx-file');
        $response = (new Response())->withFile($path);
        unlink($path);
        $connection = new RecordingConnection();

        self::assertSame('', Http::encode($response, $connection));
        self::assertSame('close', $connection->calls[0][0]);
        self::assertStringStartsWith("HTTP/1.1 403 Forbidden\r\n", $connection->calls[0][1]);
    }

    public function testStreamIsSentAsThePeerTakesIt(): void
    {
        $http = new class extends Http {
            public static function stream(TcpConnection $connection, mixed $stream, int $offset, int $length): void
            {
                static::sendStream($connection, $stream, $offset, $length);
            }
        };
        $connection = new class extends RecordingConnection {
            public function send(mixed $sendBuffer, bool $raw = false): bool|null
            {
                parent::send(strlen($sendBuffer), $raw);
                ($this->onBufferFull)($this);

                return null;
            }
        };
        $stream = fopen('php://memory', 'w+');
        fwrite($stream, str_repeat('x', 3_000_000));

        $http::stream($connection, $stream, 500_000, 2_000_000);
        self::assertSame([['send', '1048576', true]], $connection->calls);
        ($connection->onBufferDrain)($connection);
        self::assertSame([['send', '1048576', true], ['send', '951424', true]], $connection->calls);
        ($connection->onBufferDrain)($connection);
        self::assertNull($connection->onBufferDrain);
        self::assertFalse(is_resource($stream));
    }

    public function testUploadFolder(): void
    {
        $before = Http::uploadTmpDir();
        try {
            self::assertNotSame('', $before);
            self::assertSame('/elsewhere', Http::uploadTmpDir('/elsewhere'));
            self::assertSame('/elsewhere', Http::uploadTmpDir());
        } finally {
            Http::uploadTmpDir($before);
        }
    }
}
