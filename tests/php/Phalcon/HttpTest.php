<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

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
    protected function setUp(): void
    {
        if (!function_exists('phalanx_request_serve')) {
            self::markTestSkipped('needs the engine');
        }
    }

    protected function tearDown(): void
    {
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
        self::inRequest(function () use ($name, $value): void {
            $response = new Response('body');
            $response->setHeader($name, $value)->setHeader('X-Safe', 'yes');
            $warnings = $this->warningsOf(static fn () => $response->send());

            self::assertSame(['X-Safe: yes'], headers_list());
            self::assertSame('body', ob_get_contents());
            self::assertCount(1, $warnings);
        });
    }

    #[DataProvider('injections')]
    public function testARawHeaderThatWouldAddLinesIsNotSent(string $name, string $value): void
    {
        self::inRequest(function () use ($name, $value): void {
            $response = new Response();
            $response->setRawHeader("$name: $value");
            $warnings = $this->warningsOf(static fn () => $response->send());

            self::assertSame([], headers_list());
            self::assertCount(1, $warnings);
        });
    }

    public function testAReasonPhraseAddsNoHeaders(): void
    {
        self::inRequest(function (): void {
            $response = new Response('', 200, "OK\r\nX-Evil: 1");
            $this->warningsOf(static fn () => $response->send());
            self::assertSame([], headers_list());
        });
    }

    public function testAFileNameAddsNoHeaders(): void
    {
        self::inRequest(function (): void {
            $response = new Response();
            $response->setFileToSend(__FILE__, "a\r\nX-Evil: 1.txt");
            $this->warningsOf(static fn () => $response->send());
            foreach (headers_list() as $line) {
                self::assertStringNotContainsString("\n", $line);
                self::assertStringStartsNotWith('X-Evil', $line);
            }
        });
    }

    /** @return array<string, array{string, array<string, mixed>}> */
    public static function cookieInjections(): array
    {
        return [
            'CR LF in the name' => ["a\r\nSet-Cookie: b", []],
            'separator in the name' => ['a=b', []],
            'no name' => ['', []],
            'attribute in the path' => ['a', ['path' => '/; domain=evil.example']],
            'CR LF in the domain' => ['a', ['domain' => "x\r\nSet-Cookie: b=1"]],
        ];
    }

    #[DataProvider('cookieInjections')]
    public function testACookieThatWouldAddHeadersOrAttributesIsRefused(string $name, array $options): void
    {
        self::inRequest(function () use ($name, $options): void {
            $cookie = new Cookie($name, 'v', 0, '/', false, '', false, $options);
            $this->expectException(ValueError::class);
            $cookie->send();
        });
    }

    public function testACookieWithANulByteIsNotSent(): void
    {
        self::inRequest(function (): void {
            $warnings = $this->warningsOf(static function (): void {
                (new Cookie("a\0", 'v'))->send();
                (new Cookie('a', 'v', 0, '/', false, '', false, ['path' => "/\0"]))->send();
            });
            self::assertSame([], headers_list());
            self::assertCount(2, $warnings);
        });
    }

    public function testACookiesValueIsEncoded(): void
    {
        self::inRequest(function (): void {
            (new Cookie('a', "1\r\nSet-Cookie: b=2; path=/"))->send();
            self::assertSame(
                ['Set-Cookie: a=1%0D%0ASet-Cookie%3A%20b%3D2%3B%20path%3D%2F; path=/'],
                headers_list()
            );
        });
    }

    public function testEncryptedCookiesThatAreArraysAreNone(): void
    {
        $_COOKIE = ['a' => ['x' => '1']];
        $cookie = new Cookie('a');
        $cookie->setDI(new Di());
        $cookie->useEncryption(true);
        self::assertSame('none', $cookie->getValue(null, 'none'));
    }

    public function testCookiesAreEncryptedUnlessTurnedOff(): void
    {
        self::inRequest(function (): void {
            $di = new Di();
            $di->setShared('crypt', new ReversingCrypt());
            $di->setShared('response', new Response());
            $cookies = new Cookies(true, str_repeat('k', 32));
            $cookies->setDI($di);
            $cookies->set('secret', 'abc');
            $cookies->send();
            self::assertStringStartsWith('Set-Cookie: secret=' . str_repeat('k', 32) . 'cba', headers_list()[0]);

            $_COOKIE = ['other' => str_repeat('k', 32) . 'fed'];
            self::assertSame('def', $cookies->get('other')->getValue());
        });
    }

    public function testAMultipartFormOfAPutIsRead(): void
    {
        $request = self::put(
            "--x\"y\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\n1\r\n2\r\n"
            . "--x\"y\r\ncontent-disposition: form-data; filename=\"f\"; name=c\r\n"
            . "Content-Type: text/plain\r\n\r\nfile\r\n"
            . "--x\"y--\r\n",
            'multipart/form-data; charset=utf-8; boundary=x"y',
        );
        self::assertSame(['a;b' => "1\r\n2", 'c' => 'file'], $request->getPut());
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
        self::assertSame([], self::put($body, $type)->getPut());
    }

    public function testForwardedAddressesAreBelievedFromOwnProxiesOnly(): void
    {
        $di = new Di();
        $di->setShared('filter', new AddressFilter());
        $request = new Request();
        $request->setDI($di);
        $request->setTrustedProxies(['192.0.2.1', '10.0.0.0/8', '2001:db8::/33']);

        $from = function (string $peer, array $headers) use ($request): string|bool {
            $_SERVER = ['REMOTE_ADDR' => $peer] + $headers;

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
            $_SERVER = $server;
            $_REQUEST = $request;

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
        $file = null;
        $head = \phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], static function (): void {
            (new Response())->setFileToSend(__FILE__, 'name.php')->send();
        }, $file);
        self::assertSame(__FILE__, $file);
        self::assertStringEndsWith('Content-Length: ' . filesize(__FILE__) . "\r\n\r\n", $head);
    }

    private static function inRequest(callable $code): void
    {
        \phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], $code);
    }

    private static function put(string $body, string $type): Request
    {
        $_SERVER = ['CONTENT_TYPE' => $type, 'REQUEST_METHOD' => 'PUT'];
        $request = new class () extends Request {
            public static string $body;

            protected static function phpFileGetContents(
                string $filename,
                bool $useIncludePath = false,
                $context = null,
                int $offset = 0,
                ?int $length = null
            ): string|false {
                return self::$body;
            }
        };
        $request::$body = $body;

        return $request;
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
