<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Fiber;
use Phalcon\Di\Di;
use Phalcon\Http\Cookie;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Http\Response\Cookies;
use PHPUnit\Framework\TestCase;

/** Requests and responses on the engine's own loop, which serves several messages at once. */
final class HttpMessagesTest extends TestCase
{
    protected function setUp(): void
    {
        if (!function_exists('phalanx_request_serve')) {
            self::markTestSkipped('needs the engine');
        }
    }

    public function testARequestThatAllMessagesShareIsOfTheCurrentOne(): void
    {
        // Used before any message, as by a worker that starts.
        $request = new Request();
        self::assertSame('GET', $request->getMethod());
        $request->getAttributes()->set('user', 'worker');

        $serve = function (string $name) use ($request): string {
            $body = "name=$name";
            $length = strlen($body);
            $head = "PUT /$name?q=$name HTTP/1.1\r\nHost: $name.example\r\nCookie: c=$name\r\n"
                . "Content-Length: $length\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n";

            return $this->serve($head . $body, static function () use ($request, $name): void {
                $request->getAttributes()->set('user', $name);
                $seen = [$request->getPut('name')];
                Fiber::suspend();
                $seen[] = $request->getPut('name');
                $seen[] = $request->getRawBody();
                $seen[] = $request->getQuery('q');
                $seen[] = $request->getHttpHost();
                $seen[] = $request->getURI(true);
                $seen[] = (new Cookie('c'))->getValue();
                Fiber::suspend();
                $seen[] = $request->getAttributes()->has('user') ? 'kept' : 'none';
                (new Response(implode(' ', $seen)))->setHeader('X-Name', $name)->send();
            });
        };
        $fibers = [];
        foreach (['a', 'b', 'c'] as $name) {
            $fibers[$name] = new Fiber($serve);
            $fibers[$name]->start($name);
        }
        foreach (['c', 'a', 'b'] as $name) {
            $fibers[$name]->resume();
        }
        foreach (['b', 'c', 'a'] as $name) {
            $fibers[$name]->resume();
            [$head, $body] = explode("\r\n\r\n", $fibers[$name]->getReturn(), 2);
            self::assertSame("$name $name name=$name $name $name.example /$name $name none", $body);
            self::assertStringContainsString("\r\nX-Name: $name", $head);
        }
        self::assertFalse($request->getAttributes()->has('user'));
    }

    public function testUploadsOfTheEngineCanBeMoved(): void
    {
        $file = tempnam(sys_get_temp_dir(), 'upload');
        file_put_contents($file, 'content');
        $files = ['doc' => [
            'name' => 'a.txt', 'full_path' => 'a.txt', 'type' => 'text/plain',
            'tmp_name' => $file, 'error' => 0, 'size' => 7,
        ]];
        $answer = $this->serve("POST / HTTP/1.1\r\nHost: h\r\n\r\n", static function () use ($file): void {
            [$upload] = (new Request())->getUploadedFiles(true);
            $own = new Request\File(['name' => 'x', 'tmp_name' => __FILE__]);
            echo json_encode([
                $upload->isUploadedFile(), $upload->moveTo("$file.moved"), $upload->isUploadedFile(),
                $own->isUploadedFile(), $own->moveTo("$file.stolen"),
            ]);
        }, $files);
        self::assertStringEndsWith('[true,true,false,false,false]', $answer);
        self::assertSame('content', file_get_contents("$file.moved"));
        unlink("$file.moved");
    }

    public function testHeadersAndCookiesThatWouldAddLinesAreNotSent(): void
    {
        set_error_handler(static fn (): bool => true);
        try {
            $answer = $this->serve("GET / HTTP/1.1\r\nHost: h\r\n\r\n", static function (): void {
                set_error_handler(static fn (): bool => true);
                $di = new Di();
                $response = new Response('body', 404);
                $di->setShared('response', $response);
                $cookies = new Cookies(false);
                $cookies->setDI($di);
                $cookies->set('a', "1\r\nX-Evil: 1", 0, '/', true, '', true, ['samesite' => 'Lax']);
                $response->setHeader('X-A', "1\r\nX-Evil: 1")->setHeader('X-B', '2')->send();
            });
        } finally {
            restore_error_handler();
        }
        [$head, $body] = explode("\r\n\r\n", $answer, 2);
        self::assertSame('body', $body);
        self::assertStringStartsWith('HTTP/1.1 404 Not Found', $head);
        self::assertStringNotContainsString("\nX-Evil", $head);
        self::assertStringNotContainsString('X-A', $head);
        self::assertStringContainsString("\r\nX-B: 2", $head);
        $cookie = 'a=1%0D%0AX-Evil%3A%201; path=/; secure; HttpOnly; SameSite=Lax';
        self::assertStringContainsString("\r\nSet-Cookie: $cookie", $head);
    }

    private function serve(string $message, callable $handler, array $files = []): string
    {
        return \phalanx_request_serve($message, ['REMOTE_ADDR' => '127.0.0.1'], [], $files, $handler);
    }
}
