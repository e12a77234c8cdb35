<?php

declare(strict_types=1);

namespace Phalanx\Tests\Protocols;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use ReflectionClass;
use ReflectionProperty;
use TypeError;
use Workerman\Protocols\Http\Request;

/** The values were compared with those of Workerman 5.2.2. */
final class RequestTest extends TestCase
{
    private const FORM = "POST /a/b?x=1&y[]=2&y[]=3&z[k]=v&d.o=t HTTP/1.1\r\nHost: example.com:8080\r\nX-Dup: a\r\nx-dup: b\r\n"
        . "Cookie: a=1; b=x=y;c ; d=\"q\";  e =f\r\nContent-Type: application/x-www-form-urlencoded\r\nEmpty:\r\nTabs:\t v \t\r\n"
        . "broken\r\nContent-Length: 12\r\n\r\nq=1&r[s]=2%20";

    private const MULTIPART = "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=XX\r\n\r\n"
        . "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        . "--XX\r\nContent-Disposition: form-data; name=\"b[x][]\"\r\n\r\ntwo & =\r\n"
        . "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\nworld\r\n"
        . "--XX\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name=\"g[]\"; filename=\"y.png\"\r\nWebkitRelativePath: d/y.png\r\n\r\npng\r\n"
        . "--XX\r\nContent-Disposition: form-data; name=\"g[]\"; filename=\"z.bin\"\r\n\r\n\0\1\r\n"
        . "--XX--\r\n";

    /** @return iterable<string, array{string, string, string, string, string}> */
    public static function targets(): iterable
    {
        yield 'a path alone' => ['GET /hello HTTP/1.1', 'GET', '/hello', '/hello', ''];
        yield 'a query string' => ['GET /a/b?c=d&e HTTP/1.1', 'GET', '/a/b?c=d&e', '/a/b', 'c=d&e'];
        yield 'nothing is decoded' => ['GET /%41%20?a=%42+c HTTP/1.1', 'GET', '/%41%20?a=%42+c', '/%41%20', 'a=%42+c'];
        yield 'the query begins at the first question mark' => ['GET /?x=1?y=2 HTTP/1.1', 'GET', '/?x=1?y=2', '/', 'x=1?y=2'];
        yield 'a query without a path' => ['GET ?x=1 HTTP/1.1', 'GET', '?x=1', '/', 'x=1'];
        yield 'a fragment is dropped' => ['GET /a#frag?x=1 HTTP/1.1', 'GET', '/a#frag?x=1', '/a', ''];
        yield 'two slashes begin a host' => ['GET //foo/bar?x HTTP/1.1', 'GET', '//foo/bar?x', '/bar', 'x'];
        yield 'a target with a host' => ['GET http://example.com/a?b=c HTTP/1.1', 'GET', 'http://example.com/a?b=c', '/a', 'b=c'];
        yield 'a colon in the query' => ['GET /a:80?b=http://x HTTP/1.1', 'GET', '/a:80?b=http://x', '/a:80', 'b=http://x'];
        yield 'no version' => ['GET /foo', 'GET', '/foo', '/foo', ''];
        yield 'no target' => ['GET', 'GET', '/', '/', ''];
    }

    #[DataProvider('targets')]
    public function testRequestLineIsSplit(string $line, string $method, string $uri, string $path, string $query): void
    {
        $request = new Request("$line\r\nHost: h\r\n\r\n");

        self::assertSame(
            [$path, $query, $uri, $method],
            [$request->path(), $request->queryString(), $request->uri(), $request->method()]
        );
    }

    public function testProtocolVersion(): void
    {
        self::assertSame('1.1', (new Request("GET / HTTP/1.1\r\n\r\n"))->protocolVersion());
        self::assertSame('1.0', (new Request("GET / HTTP/1.0\r\n\r\nHTTP/1.1"))->protocolVersion());
        self::assertSame('1.0', (new Request("GET /\r\nX: HTTP/1.1\r\n\r\n"))->protocolVersion());
    }

    /** @return iterable<string, array{string, ?string}> */
    public static function headers(): iterable
    {
        yield 'names are found in any case' => ['HOST', 'example.com:8080'];
        yield 'two of one name are joined' => ['x-dup', 'a,b'];
        yield 'white space around the value is not part of it' => ['tabs', 'v'];
        yield 'an empty value' => ['empty', ''];
        yield 'the last one' => ['content-length', '12'];
        yield 'a part of a name is no name' => ['dup', null];
        yield 'a line without a colon is no header' => ['broken', null];
        yield 'the body has no headers' => ['q', null];
    }

    #[DataProvider('headers')]
    public function testHeaderIsFound(string $name, ?string $expected): void
    {
        $request = new Request(self::FORM);
        self::assertSame($expected, $request->header($name), 'looked up alone');
        self::assertSame($expected ?? 'default', $request->header($name, 'default'));

        $request->header();
        self::assertSame($expected, $request->header($name), 'with all parsed');
    }

    public function testAllHeadersComeByLowerCaseName(): void
    {
        self::assertSame([
            'host' => 'example.com:8080',
            'x-dup' => 'a,b',
            'cookie' => 'a=1; b=x=y;c ; d="q";  e =f',
            'content-type' => 'application/x-www-form-urlencoded',
            'empty' => '',
            'tabs' => 'v',
            'content-length' => '12',
        ], (new Request(self::FORM))->header());
        self::assertSame([], (new Request("GET / HTTP/1.1\r\n\r\n"))->header());
    }

    public function testManyLookupsGiveWhatOneGives(): void
    {
        $request = new Request(self::FORM);
        for ($i = 0; $i < 10; ++$i) {
            self::assertSame('a,b', $request->header('X-Dup'));
            self::assertSame('v', $request->header('Tabs'));
            self::assertNull($request->header('absent'));
        }
    }

    public function testHeadThatIsCutShortIsATypeError(): void
    {
        $this->expectException(TypeError::class);
        (new Request("GET / HTTP/1.1\r\nHost: h"))->header('host');
    }

    public function testSubclassMayParseHeadersItsOwnWay(): void
    {
        $request = new class ("GET / HTTP/1.1\r\nHost: h\r\n\r\n") extends Request {
            protected function parseHeaders(): void
            {
                parent::parseHeaders();
                $this->data['headers']['x-added'] = 'yes';
            }
        };

        self::assertSame('yes', $request->header('X-Added'));
        self::assertSame('h', $request->header('host'));
    }

    public function testSubclassMayReplaceWhatWasParsed(): void
    {
        $request = new class ("GET /?a=1 HTTP/1.1\r\nHost: h\r\n\r\n") extends Request {
            public function replace(string $part, array $values): void
            {
                $this->data[$part] = $values;
            }
        };
        self::assertSame('h', $request->header('host'));

        $request->replace('headers', ['host' => 'other']);
        $request->replace('get', ['a' => '2']);
        $request->replace('post', ['b' => '3']);

        self::assertSame('other', $request->header('Host'));
        self::assertSame('2', $request->get('a'));
        self::assertSame('3', $request->post('b'));
    }

    public function testHost(): void
    {
        $host = static fn (string $line, bool $withoutPort) => (new Request("GET / HTTP/1.1\r\n$line\r\n\r\n"))->host($withoutPort);

        self::assertSame('example.com:8080', $host('Host: example.com:8080', false));
        self::assertSame('example.com', $host('Host: example.com:8080', true));
        self::assertSame('[::1]', $host('Host: [::1]:80', true));
        self::assertNull($host('X: y', true));
    }

    public function testQueryParametersNest(): void
    {
        $request = new Request(self::FORM);

        self::assertSame(['x' => '1', 'y' => ['2', '3'], 'z' => ['k' => 'v'], 'd_o' => 't'], $request->get());
        self::assertSame('1', $request->get('x'));
        self::assertSame(['k' => 'v'], $request->get('z', 'default'));
        self::assertNull($request->get('absent'));
        self::assertSame('default', $request->get('absent', 'default'));
        self::assertSame([], (new Request("GET / HTTP/1.1\r\n\r\n"))->get());
    }

    public function testCookiesAreNotDecoded(): void
    {
        $request = new Request(self::FORM);

        self::assertSame(['a' => '1', 'b' => 'x=y', 'd' => '"q"', 'e' => 'f'], $request->cookie());
        self::assertSame('x=y', $request->cookie('b'));
        self::assertSame('default', $request->cookie('c', 'default'));
        self::assertSame([], (new Request("GET / HTTP/1.1\r\n\r\n"))->cookie());
        self::assertSame('%20+', (new Request("GET / HTTP/1.1\r\nCookie: a=%20+\r\n\r\n"))->cookie('a'));
    }

    /** @return iterable<string, array{string, string, array<mixed>}> */
    public static function bodies(): iterable
    {
        yield 'a form' => ['application/x-www-form-urlencoded', 'q=1&r[s]=2%20', ['q' => '1', 'r' => ['s' => '2 ']]];
        yield 'no content type is a form' => ['', 'q=1', ['q' => '1']];
        yield 'JSON' => ['application/json; charset=utf-8', '{"a":{"b":[1,null]}}', ['a' => ['b' => [1, null]]]];
        yield 'any type with json in it' => ['application/vnd.api+json', '[1,2]', [1, 2]];
        yield 'a JSON scalar is a list of one' => ['application/json', '5', [5]];
        yield 'broken JSON is nothing' => ['application/json', '{bad', []];
        yield 'no body' => ['application/json', '', []];
        yield 'multipart without a boundary is a form' => ['multipart/form-data; boundary=', 'x=1', ['x' => '1']];
    }

    #[DataProvider('bodies')]
    public function testBodyIsParsed(string $type, string $body, array $expected): void
    {
        $request = new Request("POST / HTTP/1.1\r\nContent-Type: $type\r\n\r\n$body");

        self::assertSame($expected, $request->post());
        self::assertSame([], $request->file());
        self::assertSame('default', $request->post('absent', 'default'));
        self::assertSame($body, $request->rawBody());
    }

    public function testMultipartFieldsAndFiles(): void
    {
        $request = new Request(self::MULTIPART);
        $text = $request->file('f');
        $images = $request->file('g');

        self::assertSame(['a' => '1', 'b' => ['x' => ['two & =']]], $request->post());
        self::assertSame("hello\r\nworld", file_get_contents($text['tmp_name']));
        self::assertSame(['name', 'tmp_name', 'size', 'error', 'full_path', 'type'], array_keys($text));
        unset($text['tmp_name']);
        self::assertSame(['name' => 'x.txt', 'size' => 12, 'error' => 0, 'full_path' => 'x.txt', 'type' => 'text/plain'], $text);
        self::assertSame('png', file_get_contents($images[0]['tmp_name']));
        self::assertSame('image/png', $images[0]['type']);
        self::assertSame('d/y.png', $images[0]['full_path']);
        self::assertSame("\0\1", file_get_contents($images[1]['tmp_name']));
        self::assertSame('', $images[1]['type']);
        self::assertNull($request->file('absent'));
        self::assertSame(['f', 'g'], array_keys($request->file()));
    }

    /** @return iterable<string, array{string, list<string>, list<string>}> */
    public static function multiparts(): iterable
    {
        $part = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        $file = static fn (string $name) => "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"$name\"\r\n\r\nx\r\n";
        yield 'the end alone' => ['boundary=XX', "--XX--\r\n", [], []];
        yield 'cut short: the parts before the cut' => ['boundary=XX', $part . '--XX' . "\r\nContent-Dis", ['a'], []];
        yield 'a malformed header ends it' => ['boundary=XX', "--XX\r\nFoo\r\n\r\nx\r\n$part--XX--\r\n", [], []];
        yield 'a quoted boundary' => ['boundary="XX"', "$part--XX--\r\n", ['a'], []];
        yield 'a parameter after the boundary' => ['boundary=XX; charset=utf-8', "$part--XX--\r\n", ['a'], []];
        yield 'a colon in a file name' => ['boundary=XX', $file('Re: x.txt') . "--XX--\r\n", [], ['f']];
    }

    #[DataProvider('multiparts')]
    public function testUnusualMultipart(string $parameters, string $body, array $fields, array $files): void
    {
        $request = new Request("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; $parameters\r\n\r\n$body");

        self::assertSame($fields, array_keys($request->post()));
        self::assertSame($files, array_keys($request->file()));
    }

    public function testOnlySoManyPartsAreRead(): void
    {
        $limit = Request::$maxFileUploads;
        Request::$maxFileUploads = 3;
        try {
            $request = new Request(self::MULTIPART);
            self::assertSame(['f'], array_keys($request->file()));
            self::assertSame(['a', 'b'], array_keys($request->post()));
        } finally {
            Request::$maxFileUploads = $limit;
        }
    }

    public function testUploadedFilesGoWithTheRequest(): void
    {
        $request = new Request(self::MULTIPART);
        $kept = $request->file('f')['tmp_name'];
        $moved = $request->file('g')[0]['tmp_name'];
        rename($moved, "$moved.moved");
        $request->destroy();
        self::assertFileExists($kept, 'destroy() leaves them to the destructor');
        unset($request);

        self::assertFileDoesNotExist($kept);
        self::assertFileExists("$moved.moved");
        unlink("$moved.moved");
    }

    public function testFilesAreWrittenAgainWhenOneWasMovedAway(): void
    {
        $request = new Request(self::MULTIPART);
        $first = $request->file('f')['tmp_name'];
        $other = $request->file('g')[0]['tmp_name'];
        unlink($first);
        $second = $request->file('f')['tmp_name'];
        self::assertFileExists($second);
        self::assertFileExists($other);

        unset($request);
        self::assertFileDoesNotExist($second);
        self::assertFileDoesNotExist($other);
    }

    public function testRawParts(): void
    {
        $request = new Request("GET / HTTP/1.1\r\nHost: h\r\n\r\nbody\r\n\r\n");

        self::assertSame("GET / HTTP/1.1\r\nHost: h", $request->rawHead());
        self::assertSame("body\r\n\r\n", $request->rawBody());
        self::assertSame("GET / HTTP/1.1\r\nHost: h\r\n\r\nbody\r\n\r\n", $request->rawBuffer());
        self::assertSame($request->rawBuffer(), (string) $request);
    }

    public function testTrailersAreSetOnce(): void
    {
        $request = new Request("GET / HTTP/1.1\r\n\r\n");
        self::assertSame([], $request->trailer());

        $request->setChunkTrailers(['x-sum' => '1']);
        $request->setChunkTrailers(['x-sum' => '2']);

        self::assertSame(['x-sum' => '1'], $request->trailer());
        self::assertSame('1', $request->trailer('X-Sum'));
        self::assertSame('default', $request->trailer('absent', 'default'));
    }

    public function testApplicationsMayKeepValuesOnIt(): void
    {
        $request = new Request("GET / HTTP/1.1\r\n\r\n");
        $request->user = 'me';
        $request->nothing = null;
        $request->gone = 1;
        unset($request->gone);

        self::assertSame('me', $request->user);
        self::assertTrue(isset($request->user));
        self::assertFalse(isset($request->nothing));
        self::assertFalse(isset($request->gone));
        self::assertNull($request->gone);
        self::assertSame(['user' => 'me', 'nothing' => null], $request->properties);
    }

    public function testDestroyLetsGoOfEverythingButTheMessage(): void
    {
        $request = new Request("GET /a HTTP/1.1\r\n\r\n");
        $request->connection = new RecordingConnection();
        $request->user = 'me';
        $request->context['x'] = 1;
        $request->destroy();

        self::assertNull($request->connection);
        self::assertSame([], $request->properties);
        self::assertSame([], $request->context);
        self::assertSame('/a', $request->path());
    }

    public function testItNeedsNoConstructor(): void
    {
        // As the engine makes it.
        $request = (new ReflectionClass(Request::class))->newInstanceWithoutConstructor();
        (new ReflectionProperty(Request::class, 'buffer'))->setValue($request, self::FORM);

        self::assertSame('/a/b', $request->path());
        self::assertSame('1', $request->get('x'));
        self::assertSame('1', $request->post('q'));
        self::assertSame('1', $request->cookie('a'));
        self::assertSame([], $request->trailer());
        self::assertNull($request->connection);
    }
}
