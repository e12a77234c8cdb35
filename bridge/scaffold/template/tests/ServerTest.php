<?php

declare(strict_types=1);

namespace App\Tests;

use PHPUnit\Framework\TestCase;
use RuntimeException;

/** The whole application: the servers run in a process of their own, on free ports and with a folder of their own. */
final class ServerTest extends TestCase
{
    /** @var resource */
    private static $server;

    private static string $folder;

    private static int $port;

    private static int $roomPort;

    public static function setUpBeforeClass(): void
    {
        self::$folder = sys_get_temp_dir() . '/server-test-' . getmypid();
        mkdir(self::$folder);
        [self::$port, self::$roomPort] = [self::freePort(), self::freePort()];
        $log = ['file', self::$folder . '/output.log', 'w'];
        self::$server = proc_open(
            [PHP_BINARY, dirname(__DIR__) . '/server.php', 'start', '-q'],
            [['file', '/dev/null', 'r'], $log, $log],
            $pipes,
            null,
            [
                'PORT' => (string) self::$port,
                'ROOM_PORT' => (string) self::$roomPort,
                'DATA' => self::$folder,
                'PHALANX_RUN_DIR' => self::$folder, // beside one that runs already
            ] + getenv(),
        ) ?: throw new RuntimeException('the server cannot be started');
        foreach ([self::$port, self::$roomPort] as $port) {
            fclose(self::connect($port));
        }
    }

    public static function tearDownAfterClass(): void
    {
        proc_terminate(self::$server, SIGINT);
        proc_close(self::$server);
        array_map(unlink(...), array_filter(glob(self::$folder . '/{,.}*', GLOB_BRACE) ?: [], is_file(...)));
        @rmdir(self::$folder);
    }

    public function testServesThePage(): void
    {
        [$status, $body] = $this->ask('GET', '/');
        self::assertSame(200, $status);
        self::assertStringContainsString('<script src="/app.js"', $body);
        self::assertStringContainsString('new WebSocket', $this->ask('GET', '/app.js')[1]);
        self::assertSame(['roomPort' => self::$roomPort], json_decode($this->ask('GET', '/api/settings')[1], true));
    }

    public function testKeepsNotes(): void
    {
        [$status, $body] = $this->ask('POST', '/api/notes', ['title' => 'Tea', 'text' => 'at five']);
        self::assertSame(201, $status);
        $note = json_decode($body, true);
        $path = "/api/notes/$note[id]";
        self::assertSame([200, $note], $this->askJson('GET', $path));
        $changed = ['id' => $note['id'], 'title' => 'Tea', 'text' => 'at six'];
        self::assertSame([200, $changed], $this->askJson('PUT', $path, ['title' => 'Tea', 'text' => 'at six']));
        self::assertTrue(in_array($changed, $this->askJson('GET', '/api/notes')[1], true));
        self::assertSame(204, $this->ask('DELETE', $path)[0]);
        self::assertSame([404, ['status' => 404, 'title' => 'No such note']], $this->askJson('GET', $path));
    }

    public function testRefusesWhatIsNoNote(): void
    {
        $refusal = ['status' => 422, 'title' => 'This is no note', 'errors' => ['title' => 'A note needs a title']];
        self::assertSame([422, $refusal], $this->askJson('POST', '/api/notes', ['title' => '  ']));
        self::assertSame([422, $refusal], $this->askJson('POST', '/api/notes'));
        self::assertSame(
            [404, ['status' => 404, 'title' => 'There is nothing here']],
            $this->askJson('GET', '/api/nowhere'),
        );
    }

    public function testPeopleTalkInTheRoom(): void
    {
        $ada = self::join('Ada');
        self::assertSame(['type' => 'joined', 'name' => 'Ada', 'people' => 1], self::hear($ada));
        $bob = self::join('Bob');
        self::assertSame(['type' => 'joined', 'name' => 'Bob', 'people' => 2], self::hear($ada));
        self::assertSame(['type' => 'joined', 'name' => 'Bob', 'people' => 2], self::hear($bob));
        self::say($bob, ['do' => 'say', 'text' => 'Hello']);
        self::assertSame(['type' => 'said', 'name' => 'Bob', 'text' => 'Hello'], self::hear($ada));
        self::say($ada, ['do' => 'dance']);
        self::assertSame('error', self::hear($ada)['type']);
        // What the API does is told as well, whichever worker has done it.
        $this->ask('POST', '/api/notes', ['title' => 'Cake']);
        self::assertSame('Cake', self::hear($ada)['title']);
        fclose($bob);
        self::assertSame(['type' => 'left', 'name' => 'Bob', 'people' => 1], self::hear($ada));
        fclose($ada);
    }

    /**
     * @param array<string, string>|null $fields
     * @return array{int, string} status and body
     */
    private function ask(string $method, string $path, ?array $fields = null): array
    {
        $body = file_get_contents('http://127.0.0.1:' . self::$port . $path, false, stream_context_create(['http' => [
            'method' => $method,
            'header' => ['Content-Type: application/json', 'Connection: close'],
            'content' => $fields === null ? '' : json_encode($fields, JSON_THROW_ON_ERROR),
            'ignore_errors' => true,
            'timeout' => 20,
        ]]));

        return [(int) explode(' ', http_get_last_response_headers()[0] ?? '')[1], (string) $body];
    }

    /**
     * @param array<string, string>|null $fields
     * @return array{int, mixed} status and what the body means
     */
    private function askJson(string $method, string $path, ?array $fields = null): array
    {
        [$status, $body] = $this->ask($method, $path, $fields);

        return [$status, json_decode($body, true)];
    }

    /** @return resource a WebSocket */
    private static function join(string $name)
    {
        $socket = self::connect(self::$roomPort);
        fwrite($socket, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            . "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        while (trim((string) fgets($socket)) !== '') {
            // The answer's head ends with an empty line.
        }
        self::say($socket, ['do' => 'join', 'name' => $name]);

        return $socket;
    }

    /**
     * @param resource $socket
     * @param array<string, string> $fields
     */
    private static function say($socket, array $fields): void
    {
        $text = json_encode($fields, JSON_THROW_ON_ERROR);
        // A short text frame of a client: masked, here with zeros.
        fwrite($socket, "\x81" . chr(0x80 | strlen($text)) . "\0\0\0\0" . $text);
    }

    /**
     * @param resource $socket
     * @return array<string, mixed> the next message
     */
    private static function hear($socket): array
    {
        $head = (string) fread($socket, 2);
        $length = ord($head[1] ?? "\0");
        if ($length === 126) {
            $length = unpack('n', (string) fread($socket, 2))[1];
        }

        return json_decode((string) stream_get_contents($socket, $length), true) ?? [];
    }

    /** @return resource */
    private static function connect(int $port)
    {
        for ($tries = 0; $tries < 400; $tries++) {
            $socket = @stream_socket_client("tcp://127.0.0.1:$port", timeout: 20);
            if ($socket !== false) {
                stream_set_timeout($socket, 20);
                return $socket;
            }
            usleep(50_000);
        }
        throw new RuntimeException('the server does not start: ' . file_get_contents(self::$folder . '/output.log'));
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $name = (string) stream_socket_get_name($socket, false);
        fclose($socket);

        return (int) substr($name, strrpos($name, ':') + 1);
    }
}
