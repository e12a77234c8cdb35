<?php

declare(strict_types=1);

namespace Phalanx\Http;

use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\Request;
use Workerman\Worker;

/**
 * Serves messages of a worker as PHP's web servers serve requests: what the handler finds in superglobals and
 * php://input is this message, what it says with echo, header(), setcookie() and exit is the answer to it.
 *
 * All that PHP keeps of a request belongs to the Fiber that serves it and to those it starts, so messages may
 * interleave; so do ini settings, the working directory and the time zone. Of the worker are constants and static
 * properties; of the process the locale and the umask, which are put back when the message ends. docs/state.md
 * has the list.
 */
final class Sapi
{
    /** @var array<string, mixed> what $_SERVER says of the worker; the environment is among it */
    private readonly array $server;

    /** @param string $documentRoot '' without files of its own */
    public function __construct(Worker $worker, string $documentRoot = '')
    {
        $script = (string) \realpath((string) ($_SERVER['SCRIPT_FILENAME'] ?? ''));
        $address = \parse_url(\str_contains($worker->getSocketName(), '://') ? $worker->getSocketName() : 'http://-');
        $secure = $worker->transport === 'ssl';
        $server = [
            'GATEWAY_INTERFACE' => 'CGI/1.1',
            'SERVER_SOFTWARE' => 'Phalanx/' . \phalanx_version(),
            'SERVER_ADDR' => \trim($address['host'] ?? '', '[]'),
            'SERVER_PORT' => (string) ($address['port'] ?? ($secure ? 443 : 80)),
            'REQUEST_SCHEME' => $secure ? 'https' : 'http',
            'DOCUMENT_ROOT' => $documentRoot,
            'SCRIPT_FILENAME' => $script,
            // As behind a front controller: links of the application begin at the root.
            'SCRIPT_NAME' => '/index.php',
            'PHP_SELF' => '/index.php',
        ] + $_SERVER;
        unset($server['argv'], $server['argc'], $server['PATH_TRANSLATED'], $server['HTTPS']);
        $this->server = $secure ? ['HTTPS' => 'on'] + $server : $server;
    }

    /**
     * @param callable(): mixed $handler what it returns is ignored
     * @param string|null $file gets the path of a file that is the body, for TcpConnection::sendFile()
     * @return string the whole answer, for TcpConnection::send($answer, true); the engine leaves the body out for HEAD
     * @throws \Throwable what the handler throws; then nothing of what it said is left
     */
    public function serve(TcpConnection $connection, Request $request, callable $handler, ?string &$file = null): string
    {
        $type = \strtolower((string) $request->header('content-type', ''));
        $multipart = \str_starts_with($type, 'multipart/form-data');
        $isForm = $request->method() === 'POST'
            && ($multipart || \str_starts_with($type, 'application/x-www-form-urlencoded'));

        return \phalanx_request_serve(
            // As with PHP's own servers, php://input does not have what $_FILES has.
            $multipart && $isForm ? $request->rawHead() . "\r\n\r\n" : $request->rawBuffer(),
            [
                'REMOTE_ADDR' => $connection->getRemoteIp(),
                'REMOTE_PORT' => (string) $connection->getRemotePort(),
                'SERVER_NAME' => (string) $request->host(true),
            ] + $this->server,
            $isForm ? $request->post() : [],
            $multipart && $isForm ? self::uploads($request->file()) : [],
            $handler,
            $file,
        );
    }

    /**
     * $_FILES as PHP has it: of a field with several files each of name, type, ... is an array in the field's shape.
     *
     * @param array<array-key, mixed> $files as Request::file() has them
     * @return array<array-key, array<string, mixed>>
     */
    public static function uploads(array $files): array
    {
        $uploads = [];
        foreach ($files as $field => $file) {
            $uploads[$field] = self::transpose($file);
        }

        return $uploads;
    }

    private static function transpose(mixed $file): array
    {
        if (!\is_array($file)) {
            return [];
        }
        if (\is_string($file['tmp_name'] ?? null) && \is_int($file['error'] ?? null)) {
            return [
                'name' => \basename(\str_replace('\\', '/', $file['name'])),
                'full_path' => $file['full_path'],
                'type' => $file['type'],
                'tmp_name' => $file['tmp_name'],
                'error' => $file['error'],
                'size' => $file['size'],
            ];
        }
        $all = [];
        foreach ($file as $key => $inner) {
            foreach (self::transpose($inner) as $attribute => $value) {
                $all[$attribute][$key] = $value;
            }
        }

        return $all;
    }
}
