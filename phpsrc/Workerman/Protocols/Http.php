<?php

declare(strict_types=1);

namespace Workerman\Protocols;

use Phalanx\Http\Preconditions;
use Phalanx\Http\Uploads;
use stdClass;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http\HeaderLines;
use Workerman\Protocols\Http\Request;
use Workerman\Protocols\Http\Response;

use function clearstatcache;
use function count;
use function ctype_digit;
use function ctype_xdigit;
use function end;
use function explode;
use function fclose;
use function filesize;
use function fread;
use function fseek;
use function ftell;
use function function_exists;
use function hexdec;
use function ini_get;
use function is_array;
use function is_float;
use function is_object;
use function is_readable;
use function ltrim;
use function max;
use function min;
use function preg_match;
use function preg_replace;
use function strcspn;
use function strlen;
use function strpos;
use function strtolower;
use function substr;
use function sys_get_temp_dir;
use function trim;

/**
 * HTTP/1.x between bytes and Request/Response objects.
 *
 * The engine reads requests with a parser of its own and never calls input() or decode(); they are for protocol classes
 * that extend or wrap this one. encode() is used for every answer that is more than a string.
 *
 * Source: Workerman\Protocols\Http 5.2.2.
 */
class Http
{
    protected const HTTP_400 = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    protected const HTTP_413 = "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n";
    protected const HTTP_431 = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n";

    /** Bytes before the empty line that ends the headers, exclusive. */
    protected const MAX_HEADER_LENGTH = 16384;

    /** The class of the objects onMessage gets. */
    protected static string $requestClass = Request::class;

    /** Where uploaded files are put; '' until first asked for. */
    protected static string $uploadTmpDir = '';

    /**
     * The class of the objects onMessage gets; with $className it is changed, for the calling thread.
     *
     * @param class-string|null $className
     */
    public static function requestClass(?string $className = null): string
    {
        if ($className !== null) {
            static::$requestClass = $className;
            // The engine makes the objects. Absent where only the classes are used, as in a unit test.
            if (function_exists('phalanx_http_request_class')) {
                \phalanx_http_request_class(self::$requestClass);
            }
        }

        return static::$requestClass;
    }

    /**
     * Length of the first request in the buffer. Framing that is not exactly RFC 9112's is answered with an error and
     * the connection ended: two readers of one byte stream must not disagree where a request ends.
     *
     * @return int bytes, possibly more than there are yet; 0: not known yet, or refused
     */
    public static function input(string $buffer, TcpConnection $connection): int
    {
        $headLength = strpos($buffer, "\r\n\r\n");
        if ($headLength === false) {
            return strlen($buffer) < static::MAX_HEADER_LENGTH ? 0 : self::refuse($connection, static::HTTP_431);
        }
        if ($headLength >= static::MAX_HEADER_LENGTH) {
            return self::refuse($connection, static::HTTP_431);
        }

        $framing = self::framing(substr($buffer, 0, $headLength));
        if ($framing === null) {
            return self::refuse($connection, static::HTTP_400);
        }
        if ($framing < 0) {
            return static::inputChunked($buffer, $connection, $headLength + 4);
        }
        // A length with twenty digits makes the sum a float; it compares all the same.
        $total = $headLength + 4 + $framing;

        return $total <= $connection->maxPackageSize ? (int) $total : self::refuse($connection, static::HTTP_413);
    }

    /** @return int<0, 0> what input() returns for "no more requests" */
    private static function refuse(TcpConnection $connection, string $response): int
    {
        $connection->end($response, true);

        return 0;
    }

    /** @return int|null the body's length, -1 when it is chunked, null when the head is malformed */
    private static function framing(string $head): ?int
    {
        $lines = explode("\r\n", $head);
        $requestLine = '~^(?:GET|POST|OPTIONS|HEAD|DELETE|PUT|PATCH) /[^\x00-\x20\x7f]* HTTP/1\.([0-9])$~D';
        if (preg_match($requestLine, $lines[0], $match) !== 1) {
            return null;
        }
        unset($lines[0]);

        $values = ['host' => [], 'content-length' => [], 'transfer-encoding' => []];
        foreach ($lines as $line) {
            // RFC 9110, 5.1 and 5.5: a token, then a value in which CR, LF and NUL do not occur.
            if (preg_match("/^([a-zA-Z0-9!#$%&'*+\\-.^_`|~]+):([^\\r\\n\\x00]*)$/D", $line, $field) !== 1) {
                return null;
            }
            $name = strtolower($field[1]);
            if (isset($values[$name])) {
                $values[$name][] = trim($field[2], " \t");
            }
        }

        ['host' => $host, 'content-length' => $length, 'transfer-encoding' => $coding] = $values;
        // RFC 9112, 3.2: one Host, which only HTTP/1.0 may leave out.
        if (count($host) > 1 || ($host === [] && $match[1] !== '0')) {
            return null;
        }
        if ($host !== [] && preg_match('~^(?:\[[^]\r\n]+]|[^\s:/[\]]+)(?::[0-9]+)?$~D', $host[0]) !== 1) {
            return null;
        }
        // RFC 9112, 6.1 and 6.3: the two ways to frame a body exclude each other, and neither comes twice.
        if ($coding !== []) {
            return $length === [] && count($coding) === 1 && strtolower($coding[0]) === 'chunked' ? -1 : null;
        }
        if ($length !== []) {
            return count($length) === 1 && ctype_digit($length[0]) ? (int) $length[0] : null;
        }

        return 0;
    }

    /**
     * Length of the first request in the buffer when its body is chunked.
     *
     * @param int $headerLength where the body begins
     * @return int bytes; 0: more are needed, or refused
     */
    protected static function inputChunked(string $buffer, TcpConnection $connection, int $headerLength): int
    {
        $connection->context ??= new stdClass();
        $connection->context->chunked = true; // decode() has to know

        $limit = $connection->maxPackageSize;
        $at = $headerLength;
        do {
            $lineEnd = strpos($buffer, "\r\n", $at);
            if ($lineEnd === false) {
                return strlen($buffer) <= $limit ? 0 : self::refuse($connection, static::HTTP_413);
            }
            $size = self::chunkSize(substr($buffer, $at, $lineEnd - $at));
            if ($size === null) {
                return self::refuse($connection, static::HTTP_400);
            }
            $at = $lineEnd + 2;
            if ($size > 0) {
                if ($size > $limit - $at - 2) {
                    return self::refuse($connection, static::HTTP_413);
                }
                $after = substr($buffer, $at + $size, 2);
                if (strlen($after) < 2) {
                    return 0;
                }
                if ($after !== "\r\n") {
                    return self::refuse($connection, static::HTTP_400);
                }
                $at += $size + 2;
            }
        } while ($size > 0);

        // Trailer fields, ended by an empty line.
        do {
            $lineEnd = strpos($buffer, "\r\n", $at);
            if ($lineEnd === false) {
                return strlen($buffer) <= $limit ? 0 : self::refuse($connection, static::HTTP_413);
            }
            $empty = $lineEnd === $at;
            $at = $lineEnd + 2;
        } while (!$empty);

        return $at <= $limit ? $at : self::refuse($connection, static::HTTP_413);
    }

    /** @param string $line with or without an extension (';...') @return int|null null: not a chunk size */
    private static function chunkSize(string $line): ?int
    {
        $digits = substr($line, 0, strcspn($line, ';'));
        if (!ctype_xdigit($digits) || strlen($digits) > 16) {
            return null;
        }
        $size = hexdec($digits);

        return is_float($size) ? null : $size;
    }

    /** @param string $buffer one whole request, as long as input() said */
    public static function decode(string $buffer, TcpConnection $connection): mixed
    {
        $trailers = [];
        if (isset($connection->context->chunked)) {
            unset($connection->context->chunked);
            [$buffer, $trailers] = static::decodeChunked($buffer, (int) strpos($buffer, "\r\n\r\n"));
        }

        $request = new static::$requestClass($buffer);
        if ($trailers !== []) {
            $request->setChunkTrailers($trailers);
        }
        $request->connection = $connection;

        return $request;
    }

    /**
     * Turns a chunked request into one with a Content-Length. Reads as far as the framing is sound.
     *
     * @param int $headerEnd where the empty line begins
     * @return array{string, array<string, string>} the request, and its trailer fields by lower-case name
     */
    protected static function decodeChunked(string $buffer, int $headerEnd): array
    {
        $head = preg_replace('~\r\nTransfer-Encoding[ \t]*:[^\r]*~i', '', substr($buffer, 0, $headerEnd), 1);
        $body = '';
        $at = $headerEnd + 4;
        $last = false;
        while (!$last && ($lineEnd = strpos($buffer, "\r\n", $at)) !== false) {
            $size = self::chunkSize(substr($buffer, $at, $lineEnd - $at));
            if ($size === null) {
                break;
            }
            $at = $lineEnd + 2;
            $last = $size === 0;
            if (!$last) {
                if ($size > strlen($buffer) - $at - 2 || substr($buffer, $at + $size, 2) !== "\r\n") {
                    break;
                }
                $body .= substr($buffer, $at, $size);
                $at += $size + 2;
            }
        }

        $trailers = [];
        while ($last && ($lineEnd = strpos($buffer, "\r\n", $at)) !== false && $lineEnd !== $at) {
            $field = explode(':', substr($buffer, $at, $lineEnd - $at), 2);
            if (isset($field[1])) {
                $trailers[strtolower($field[0])] = ltrim($field[1]);
            }
            $at = $lineEnd + 2;
        }

        return ["$head\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body", $trailers];
    }

    /**
     * An answer in its wire form. $connection->headers, if any, go into it and are used up.
     *
     * @param mixed $response a Response; another Stringable object (Chunk, ServerSentEvents) goes as it is; anything
     *              else is the body of a 200 answer
     * @return string '' when the answer has been sent already: files are handed to the engine
     */
    public static function encode(mixed $response, TcpConnection $connection): string
    {
        if (!is_object($response)) {
            $type = 'text/html;charset=utf-8';
            $lines = '';
            if ($connection->headers) {
                $headers = $connection->headers;
                $connection->headers = [];
                if (isset($headers['Content-Type'])) {
                    $given = $headers['Content-Type'];
                    $given = (string) (is_array($given) ? end($given) : $given);
                    $type = strcspn($given, "\r\n\0") === strlen($given) ? $given : $type;
                    unset($headers['Content-Type']);
                }
                $lines = HeaderLines::render($headers);
            }
            $body = (string) $response;

            return "HTTP/1.1 200 OK\r\n{$lines}Connection: keep-alive\r\nContent-Type: $type\r\nContent-Length: "
                . strlen($body) . "\r\n\r\n$body";
        }
        if (!$response instanceof Response) {
            return (string) $response;
        }

        if ($connection->headers) {
            $response->withHeaders($connection->headers);
            $connection->headers = [];
        }

        return isset($response->file) ? self::encodeFile($response, $connection) : (string) $response;
    }

    /** Sends a Response with a file. @return string its head when that is all of it, otherwise '' */
    private static function encodeFile(Response $response, TcpConnection $connection): string
    {
        ['file' => $file, 'offset' => $offset, 'length' => $length] = $response->file;
        clearstatcache();
        if (!is_readable($file)) {
            $connection->close(new Response(403, [], '403 Forbidden'));
            return '';
        }

        $size = (int) filesize($file);
        // What the client asks for counts where the application leaves the choice to it.
        if ($offset === 0 && $length === 0 && $response->getStatusCode() === 200) {
            $wanted = self::wantedPart($response, $connection, $size);
            if (is_string($wanted)) {
                return $wanted;
            }
            [$offset, $length] = $wanted;
        }
        $rest = max(0, $size - $offset);
        // Never promise more than there is: the peer would wait for it.
        $count = $length > 0 ? min($length, $rest) : $rest;
        $response->withHeaders(['Content-Length' => $count, 'Accept-Ranges' => 'bytes']);
        if ($offset !== 0 || $length !== 0) {
            $last = $offset + $count - 1;
            $response->header('Content-Range', $count > 0 ? "bytes $offset-$last/$size" : "bytes */$size");
            $response->withStatus($count > 0 ? 206 : 416);
        }
        if ($count === 0) {
            return (string) $response;
        }
        $connection->sendFile((string) $response, $file, $offset, $count);

        return '';
    }

    /**
     * What the request that is being answered wants of a file.
     *
     * @return array{int, int}|string offset and length (0, 0: all); or the answer, when it is not the file's bytes
     */
    private static function wantedPart(Response $response, TcpConnection $connection, int $size): array|string
    {
        $raw = $connection->answeredRequest();
        if ($raw === '') {
            return [0, 0];
        }
        $request = new Request($raw);
        if ($request->method() !== 'GET' && $request->method() !== 'HEAD') {
            return [0, 0];
        }
        $given = $response->getHeader('Last-Modified');
        $modified = $given === null ? filemtime($response->file['file']) : strtotime((string) $given);
        $modified = $modified === false ? null : $modified;
        $etag = $response->getHeader('ETag');
        $etag = $etag === null ? null : (string) $etag;

        $status = Preconditions::status($request, $modified, $etag);
        if ($status !== 200) {
            return $response->withStatus($status)->headWithoutBody();
        }
        $part = Preconditions::range($request, $size, $modified, $etag);
        if ($part === false) {
            $response->withHeader('Content-Range', "bytes */$size")->withHeader('Content-Length', '0');
            return $response->withStatus(416)->headWithoutBody();
        }

        return $part ?? [0, 0];
    }

    /**
     * Sends what a stream holds, in pieces as the peer takes them, and closes the stream. It uses the connection's
     * onBufferFull and onBufferDrain. For subclasses that answer from something else than a file.
     *
     * @param resource $handler
     * @param int $length bytes, 0: to the stream's end
     */
    protected static function sendStream(TcpConnection $connection, $handler, int $offset = 0, int $length = 0): void
    {
        $connection->context ??= new stdClass();
        $state = $connection->context;
        $state->bufferFull = false;
        $state->streamSending = true;
        if ($offset !== 0) {
            fseek($handler, $offset);
        }
        $end = $length === 0 ? null : $offset + $length;

        $pump = static function () use ($connection, $state, $handler, $end): void {
            while (!$state->bufferFull) {
                $want = $end === null ? 1 << 20 : min($end - (int) ftell($handler), 1 << 20);
                $piece = $want > 0 ? fread($handler, $want) : '';
                if ($piece === '' || $piece === false) {
                    fclose($handler);
                    $connection->onBufferDrain = null;
                    $state->streamSending = false;
                    return;
                }
                $connection->send($piece, true);
            }
        };
        $connection->onBufferFull = static function () use ($state): void {
            $state->bufferFull = true;
        };
        $connection->onBufferDrain = static function () use ($state, $pump): void {
            $state->bufferFull = false;
            $pump();
        };
        $pump();
    }

    /** Where uploaded files are put: $dir when given, else PHP's upload_tmp_dir, else the system's folder. */
    public static function uploadTmpDir(?string $dir = null): string
    {
        if ($dir !== null) {
            static::$uploadTmpDir = $dir;
            // Large files are written by the engine, while they arrive.
            if (function_exists('phalanx_upload_options')) {
                \phalanx_upload_options($dir, Uploads::memory());
            }
        }
        if (static::$uploadTmpDir === '') {
            static::$uploadTmpDir = ini_get('upload_tmp_dir') ?: sys_get_temp_dir();
        }

        return static::$uploadTmpDir;
    }
}
