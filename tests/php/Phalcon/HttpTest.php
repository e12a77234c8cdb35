<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalanx\Phalcon\Http\HeaderLine;
use Phalanx\Phalcon\Http\Sapi;
use Phalcon\Di\Di;
use Phalcon\Http\Cookie;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Http\Response\Cookies;
use PHPUnit\Framework\Attributes\BackupGlobals;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use ValueError;

/** What the peer sends is not believed, and what the application sends adds no headers of its own. */
#[BackupGlobals(true)]
final class HttpTest extends TestCase
{
    private ?RecordingSapi $message = null;

    protected function setUp(): void
    {
        $this->message = new RecordingSapi();
        Sapi::find(fn (): ?Sapi => $this->message);
    }

    protected function tearDown(): void
    {
        Sapi::find(null);
        Di::reset();
    }

    /** @return array<string, array{string, string}> */
    public static function injections(): array
    {
        return [
            'CR LF in a value' => ['X-Name', "a\r\nSet-Cookie: admin=1"],
            'LF in a value' => ['X-Name', "a\nSet-Cookie: admin=1"],
            'CR in a value' => ['X-Name', "a\rSet-Cookie: admin=1"],
            'folded line' => ['X-Name', "a\r\n b"],
            'NUL in a value' => ['X-Name', "a\0b"],
            'CR LF in a name' => ["X-Name: a\r\nSet-Cookie", 'admin=1'],
            'whole response' => ['Location', "/\r\n\r\n<script>alert(1)</script>"],
        ];
    }

    #[DataProvider('injections')]
    public function testAHeaderThatWouldAddLinesIsNotSent(string $name, string $value): void
    {
        $response = new Response('body');
        $response->setHeader($name, $value)->setHeader('X-Safe', 'yes');
        $warnings = $this->warningsOf(static fn () => $response->send());

        self::assertSame(['X-Safe: yes'], $this->message->lines);
        self::assertSame('body', $this->message->output);
        self::assertCount(1, $warnings);
    }

    #[DataProvider('injections')]
    public function testARawHeaderThatWouldAddLinesIsNotSent(string $name, string $value): void
    {
        $response = new Response();
        $response->setRawHeader("$name: $value");
        $warnings = $this->warningsOf(static fn () => $response->send());

        self::assertSame([], $this->message->lines);
        self::assertCount(1, $warnings);
    }

    public function testAReasonPhraseAddsNoHeaders(): void
    {
        $response = new Response('', 200, "OK\r\nX-Evil: 1");
        $this->warningsOf(static fn () => $response->send());
        self::assertSame([], $this->message->lines);
    }

    public function testAFileNameAddsNoHeaders(): void
    {
        $response = new Response();
        $response->setFileToSend(__FILE__, "a\r\nX-Evil: 1.txt");
        $this->warningsOf(static fn () => $response->send());
        foreach ($this->message->lines as $line) {
            self::assertStringNotContainsString("\n", $line);
            self::assertStringStartsNotWith('X-Evil', $line);
        }
    }

    public function testPlainPhpRefusesTheSame(): void
    {
        $this->message = null;
        $response = new Response();
        $response->setHeader('X-Name', "a\r\nSet-Cookie: admin=1");
        self::assertNotNull(HeaderLine::checked('X-Name: a'));
        self::assertSame(
            ['Header may not contain more than a single header, new line detected'],
            $this->warningsOf(static fn () => HeaderLine::checked("X-Name: a\r\nB: c"))
        );
    }

    /** @return array<string, array{string, array<string, mixed>}> */
    public static function cookieInjections(): array
    {
        return [
            'CR LF in the name' => ["a\r\nSet-Cookie: b", []],
            'separator in the name' => ['a=b', []],
            'NUL in the name' => ["a\0", []],
            'no name' => ['', []],
            'attribute in the path' => ['a', ['path' => '/; domain=evil.example']],
            'CR LF in the domain' => ['a', ['domain' => "x\r\nSet-Cookie: b=1"]],
            'NUL in the path' => ['a', ['path' => "/\0"]],
            'attribute in SameSite' => ['a', ['samesite' => 'Lax; Secure']],
        ];
    }

    #[DataProvider('cookieInjections')]
    public function testACookieThatWouldAddHeadersOrAttributesIsRefused(string $name, array $options): void
    {
        $cookie = new Cookie($name, 'v', 0, '/', false, '', false, $options);
        $this->expectException(ValueError::class);
        $cookie->send();
    }

    public function testACookiesValueIsEncoded(): void
    {
        (new Cookie('a', "1\r\nSet-Cookie: b=2; path=/"))->send();
        self::assertSame(
            ['Set-Cookie: a=1%0D%0ASet-Cookie%3A%20b%3D2%3B%20path%3D%2F; path=/'],
            $this->message->lines
        );
    }

    public function testEncryptedCookiesThatAreArraysAreNone(): void
    {
        $this->message->cookies = ['a' => ['x' => '1']];
        $cookie = new Cookie('a');
        $cookie->setDI(new Di());
        $cookie->useEncryption(true);
        self::assertSame('none', $cookie->getValue(null, 'none'));
    }

    public function testCookiesAreEncryptedUnlessTurnedOff(): void
    {
        $di = new Di();
        $di->setShared('crypt', new ReversingCrypt());
        $di->setShared('response', new Response());
        $cookies = new Cookies(true, str_repeat('k', 32));
        $cookies->setDI($di);
        $cookies->set('secret', 'abc');
        $cookies->send();
        self::assertStringStartsWith('Set-Cookie: secret=' . str_repeat('k', 32) . 'cba', $this->message->lines[0]);

        $this->message->cookies = ['other' => str_repeat('k', 32) . 'fed'];
        self::assertSame('def', $cookies->get('other')->getValue());
    }

    public function testOneRequestServesMessagesByTurns(): void
    {
        $request = new Request();
        $first = new RecordingSapi(body: 'name=first');
        $second = new RecordingSapi(body: 'name=second');

        $this->message = $first;
        self::assertSame('first', $request->getPut('name'));
        $request->getAttributes()->set('user', 1);

        $this->message = $second;
        self::assertSame('second', $request->getPut('name'));
        self::assertSame('name=second', $request->getRawBody());
        self::assertFalse($request->getAttributes()->has('user'));
        $request->getAttributes()->set('user', 2);

        $this->message = $first;
        self::assertSame('name=first', $request->getRawBody());
        self::assertSame(1, $request->getAttributes()->getInt('user'));
    }

    public function testUploadsOfTheMessageCanBeMoved(): void
    {
        $file = tempnam(sys_get_temp_dir(), 'upload');
        $this->message->files = ['doc' => [
            'name' => ['a' => ['b.txt']],
            'type' => ['a' => ['text/plain']],
            'tmp_name' => ['a' => [$file]],
            'size' => ['a' => [0]],
            'error' => ['a' => [UPLOAD_ERR_OK]],
        ]];
        $uploaded = (new Request())->getUploadedFiles(true, true);
        self::assertSame(['doc.a.0'], array_keys($uploaded));
        $upload = $uploaded['doc.a.0'];
        self::assertTrue($upload->isUploadedFile());
        self::assertTrue($upload->moveTo($file . '.moved'));
        self::assertFileExists($file . '.moved');
        unlink($file . '.moved');

        // A file of the server's own is none, whatever the path in the form says.
        $other = new Request\File(['name' => 'x', 'tmp_name' => __FILE__, 'error' => 0]);
        self::assertFalse($other->isUploadedFile());
        self::assertFalse($other->moveTo($file));
        self::assertFileExists(__FILE__);
    }

    public function testAMultipartFormOfAPutIsRead(): void
    {
        $this->message = new RecordingSapi(
            "--x\"y\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\n1\r\n2\r\n"
            . "--x\"y\r\ncontent-disposition: form-data; filename=\"f\"; name=c\r\n"
            . "Content-Type: text/plain\r\n\r\nfile\r\n"
            . "--x\"y--\r\n",
            ['CONTENT_TYPE' => 'multipart/form-data; charset=utf-8; boundary=x"y', 'REQUEST_METHOD' => 'PUT']
        );
        self::assertSame(['a;b' => "1\r\n2", 'c' => 'file'], (new Request())->getPut());
    }

    /** @return array<string, array{string, string}> */
    public static function brokenForms(): array
    {
        return [
            'no boundary' => ['multipart/form-data', 'x'],
            'empty boundary' => ['multipart/form-data; boundary=', 'x'],
            'no parts' => ['multipart/form-data; boundary=x', ''],
            'no end' => ['multipart/form-data; boundary=x', "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1"],
            'no disposition' => ['multipart/form-data; boundary=x', "--x\r\n\r\n1\r\n--x--"],
            'no name' => ['multipart/form-data; boundary=x', "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--"],
            'JSON that is no object' => ['application/json', '"text"'],
            'JSON null' => ['application/json', 'null'],
        ];
    }

    #[DataProvider('brokenForms')]
    public function testABrokenFormHasNoFields(string $type, string $body): void
    {
        $this->message = new RecordingSapi($body, ['CONTENT_TYPE' => $type, 'REQUEST_METHOD' => 'PUT']);
        self::assertSame([], (new Request())->getPut());
    }

    public function testForwardedAddressesAreBelievedFromOwnProxiesOnly(): void
    {
        $di = new Di();
        $di->setShared('filter', new AddressFilter());
        $request = new Request();
        $request->setDI($di);
        $request->setTrustedProxies(['192.0.2.1', '10.0.0.0/8', '2001:db8::/33']);

        $from = function (string $peer, array $headers) use ($request): string|bool {
            $this->message = new RecordingSapi(server: ['REMOTE_ADDR' => $peer] + $headers);

            return $request->getClientAddress(true);
        };
        $forwarded = ['HTTP_X_FORWARDED_FOR' => '1.1.1.1, 8.8.8.8, unknown, 10.1.2.3'];
        self::assertSame('8.8.8.8', $from('192.0.2.1', $forwarded));
        self::assertSame('8.8.8.8', $from('10.255.255.255', $forwarded));
        self::assertSame('8.8.8.8', $from('2001:db8:7fff::1', $forwarded));
        self::assertSame('2001:db8:8000::1', $from('2001:db8:8000::1', $forwarded));
        self::assertSame('203.0.113.9', $from('203.0.113.9', $forwarded));

        $request->setTrustedProxyHeader('X-Real-IP');
        self::assertSame('8.8.4.4', $from('10.0.0.1', ['HTTP_X_REAL_IP' => '8.8.4.4']));
        self::assertSame('203.0.113.9', $from('203.0.113.9', ['HTTP_X_REAL_IP' => '8.8.4.4']));
    }

    public function testTheMethodIsOverriddenOfPostOnly(): void
    {
        $method = function (array $server, array $request = []): string {
            $this->message = new RecordingSapi(server: $server);
            $this->message->request = $request;

            return (new Request())->setHttpMethodParameterOverride(true)->getMethod();
        };
        self::assertSame('DELETE', $method(['REQUEST_METHOD' => 'POST', 'HTTP_X_HTTP_METHOD_OVERRIDE' => 'delete']));
        self::assertSame('GET', $method(['REQUEST_METHOD' => 'GET', 'HTTP_X_HTTP_METHOD_OVERRIDE' => 'delete']));
        self::assertSame('PUT', $method(['REQUEST_METHOD' => 'POST'], ['_method' => 'put']));
        self::assertSame('POST', $method(['REQUEST_METHOD' => 'POST'], ['_method' => ['put']]));
        self::assertSame('GET', $method(['REQUEST_METHOD' => 'POST'], ['_method' => 'nonsense']));
    }

    public function testAFileIsNotReadIntoMemory(): void
    {
        $response = new Response();
        $response->setFileToSend(__FILE__, 'name.php')->send();
        self::assertSame([__FILE__], $this->message->sentFiles);
        self::assertSame('', $this->message->output);
    }

    public function testSetCookieLinesAreThoseOfPhp(): void
    {
        self::assertSame('a=b%20c; path=/; secure; HttpOnly; SameSite=Lax', HeaderLine::cookie('a', 'b c', [
            'expires' => 0, 'path' => '/', 'domain' => '', 'secure' => true, 'httponly' => true, 'SameSite' => 'Lax',
        ]));
        self::assertSame(
            'a=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/',
            HeaderLine::cookie('a', '', ['expires' => 2000000000, 'path' => '/'])
        );
    }

    /** @return list<string> */
    private function warningsOf(callable $code): array
    {
        $warnings = [];
        set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
            $warnings[] = $message;

            return true;
        });
        try {
            $code();
        } finally {
            restore_error_handler();
        }

        return $warnings;
    }
}
